package dev.anabranch.serde;

import dev.anabranch.model.message.DeadLetter;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: the record as {@link CommandRecordSerializer} writes it, code, message. */
public final class DeadLetterSerializer extends ImmutableSerializer<DeadLetter> {
  private static final long serialVersionUID = 1L;

  private final CommandRecordSerializer records = new CommandRecordSerializer();

  @Override
  public TypeSerializer<DeadLetter> duplicate() {
    return new DeadLetterSerializer();
  }

  @Override
  public void serialize(DeadLetter letter, DataOutputView out) throws IOException {
    records.serialize(letter.record(), out);
    Views.writeText(letter.code(), out);
    Views.writeText(letter.message(), out);
  }

  @Override
  public DeadLetter deserialize(DataInputView in) throws IOException {
    return new DeadLetter(records.deserialize(in), Views.readText(in), Views.readText(in));
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<DeadLetter> {
    @Override
    public TypeSerializer<DeadLetter> restoreSerializer() {
      return new DeadLetterSerializer();
    }
  }
}
