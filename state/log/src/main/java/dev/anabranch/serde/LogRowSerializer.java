package dev.anabranch.serde;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: flags, then every column of the row; command id and dot only if there are any. */
public final class LogRowSerializer extends ImmutableSerializer<LogRow> {
  private static final long serialVersionUID = 1L;

  private static final int HAS_COMMAND_ID = 1;
  private static final int HAS_DOT = 2;

  @Override
  public void serialize(LogRow row, DataOutputView out) throws IOException {
    var outcome = row.outcome();
    var commandId = outcome.commandId();
    var dot = outcome.dot();
    out.writeByte((commandId == null ? 0 : HAS_COMMAND_ID) | (dot == null ? 0 : HAS_DOT));
    out.writeByte(outcome.kind().code());
    Views.writeNumber(row.shard(), out);
    Views.writeNumber(row.offset(), out);
    Views.writeText(outcome.aggregate().type(), out);
    Views.writeText(outcome.aggregate().id(), out);
    Views.writeNumber(outcome.version(), out);
    if (commandId != null) {
      Views.writeText(commandId, out);
    }
    Views.writeText(outcome.slot(), out);
    if (dot != null) {
      Views.writeText(dot.origin().value(), out);
      Views.writeNumber(dot.n(), out);
    }
    out.writeLong(outcome.stamp().writer());
    out.writeLong(outcome.stamp().hlc());
    out.writeLong(outcome.stamp().occurredAtMicros());
    Views.writeBytes(outcome.blobs().causality(), out);
    Views.writeBytes(outcome.blobs().metadata(), out);
    Views.writeBytes(outcome.blobs().reply(), out);
    Views.writeBytes(outcome.blobs().events(), out);
  }

  @Override
  public LogRow deserialize(DataInputView in) throws IOException {
    var flags = in.readByte();
    var kind = RowKind.ofCode(in.readByte());
    var shard = Views.readInt(in);
    var offset = Views.readNumber(in);
    var aggregate = new AggregateKey(Views.readText(in), Views.readText(in));
    var version = Views.readNumber(in);
    var commandId = (flags & HAS_COMMAND_ID) != 0 ? Views.readText(in) : null;
    var slot = Views.readText(in);
    var dot =
        (flags & HAS_DOT) != 0
            ? new Dot(new RegionId(Views.readText(in)), Views.readNumber(in))
            : null;
    var stamp = new Stamp(in.readLong(), in.readLong(), in.readLong());
    var blobs =
        new Blobs(
            Views.readBytes(in), Views.readBytes(in), Views.readBytes(in), Views.readBytes(in));
    return new Outcome(kind, aggregate, version, commandId, slot, dot, stamp, blobs)
        .at(shard, offset);
  }

  @Override
  public TypeSerializerSnapshot<LogRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<LogRow> {
    @Override
    public TypeSerializer<LogRow> restoreSerializer() {
      return new LogRowSerializer();
    }
  }
}
