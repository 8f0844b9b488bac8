package dev.anabranch.serde;

import static java.util.Objects.requireNonNull;

import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.wire.ViewWire;
import java.io.IOException;
import java.util.ArrayList;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: the record that {@link ViewWire} makes of it: key, value, headers. */
public final class AggregateViewSerializer extends ImmutableSerializer<AggregateView> {
  private static final long serialVersionUID = 1L;

  private static final int MAX_HEADERS = 64;

  @Override
  public void serialize(AggregateView value, DataOutputView out) throws IOException {
    var message = ViewWire.encode(value);
    Views.writeBytes(requireNonNull(message.key()), out);
    Views.writeBytes(requireNonNull(message.value()), out);
    Views.writeNumber(message.headers().size(), out);
    for (var header : message.headers()) {
      Views.writeText(header.name(), out);
      Views.writeBytes(header.value(), out);
    }
  }

  @Override
  public AggregateView deserialize(DataInputView in) throws IOException {
    var key = Views.readBytes(in);
    var value = Views.readBytes(in);
    var count = Views.readInt(in, MAX_HEADERS);
    var headers = new ArrayList<RecordHeader>(count);
    for (var i = 0; i < count; i++) {
      headers.add(new RecordHeader(Views.readText(in), Views.readBytes(in)));
    }
    return ViewWire.decode(new MessageRecord(key, value, headers));
  }

  @Override
  public TypeSerializerSnapshot<AggregateView> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<AggregateView> {
    @Override
    public TypeSerializer<AggregateView> restoreSerializer() {
      return new AggregateViewSerializer();
    }
  }
}
