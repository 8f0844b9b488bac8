package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.history.TypeFold;
import dev.anabranch.operators.history.StateForm;

/** States as the codec of their type writes them; what it throws is the caller's. */
record CodecForm(TypeFold fold) implements StateForm<Object> {

  @Override
  public EncodedMessage encode(Object state) {
    return fold.type().stateCodec().encode(state);
  }

  @Override
  public Object decode(byte[] blob) {
    return fold.decode(blob).value();
  }
}
