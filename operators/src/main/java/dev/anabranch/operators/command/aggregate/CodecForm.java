package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.operators.history.StateForm;
import dev.anabranch.wire.blob.EventsBlob;

/** States as the codec of their type writes them; what it throws is the caller's. */
record CodecForm(AggregateType<Object, Object, Object> type) implements StateForm<Object> {

  @Override
  public EncodedMessage encode(Object state) {
    return type.stateCodec().encode(state);
  }

  @Override
  public Object decode(byte[] blob) {
    return type.decodeState(EventsBlob.decode(blob).get(0));
  }
}
