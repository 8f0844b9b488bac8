package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.operators.history.StateForm;

/** States as a replica keeps them. What is broken is not kept: it may be read when asked again. */
record FoldedForm(TypeFold fold) implements StateForm<FoldedState> {

  @Override
  public EncodedMessage encode(FoldedState state) {
    return fold.encode(state);
  }

  @Override
  public FoldedState decode(byte[] blob) {
    return fold.decode(blob);
  }

  @Override
  public boolean isSound(FoldedState state) {
    return !state.isBroken();
  }
}
