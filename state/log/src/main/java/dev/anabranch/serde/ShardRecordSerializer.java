package dev.anabranch.serde;

import dev.anabranch.model.stored.ShardRecord;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: store id, next offset, writer, hlc. */
public final class ShardRecordSerializer extends ImmutableSerializer<ShardRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(ShardRecord record, DataOutputView out) throws IOException {
    Views.writeText(record.storeId(), out);
    Views.writeNumber(record.nextOffset(), out);
    out.writeLong(record.lastWriter());
    Views.writeNumber(record.lastHlc(), out);
  }

  @Override
  public ShardRecord deserialize(DataInputView in) throws IOException {
    return new ShardRecord(
        Views.readText(in), Views.readNumber(in), in.readLong(), Views.readNumber(in));
  }

  @Override
  public TypeSerializerSnapshot<ShardRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<ShardRecord> {
    @Override
    public TypeSerializer<ShardRecord> restoreSerializer() {
      return new ShardRecordSerializer();
    }
  }
}
