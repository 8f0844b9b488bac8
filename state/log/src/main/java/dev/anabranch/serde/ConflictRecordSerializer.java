package dev.anabranch.serde;

import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.wire.blob.ConflictBlob;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: a {@link ConflictBlob}. */
public final class ConflictRecordSerializer extends ImmutableSerializer<ConflictRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(ConflictRecord value, DataOutputView out) throws IOException {
    Views.writeBytes(ConflictBlob.encode(value), out);
  }

  @Override
  public ConflictRecord deserialize(DataInputView in) throws IOException {
    return ConflictBlob.decode(Views.readBytes(in));
  }

  @Override
  public TypeSerializerSnapshot<ConflictRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<ConflictRecord> {
    @Override
    public TypeSerializer<ConflictRecord> restoreSerializer() {
      return new ConflictRecordSerializer();
    }
  }
}
