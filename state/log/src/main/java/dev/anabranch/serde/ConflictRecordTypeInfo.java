package dev.anabranch.serde;

import dev.anabranch.model.view.ConflictRecord;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link ConflictRecord}. */
public final class ConflictRecordTypeInfo extends ImmutableTypeInfo<ConflictRecord> {
  private static final long serialVersionUID = 1L;

  public static final ConflictRecordTypeInfo INSTANCE = new ConflictRecordTypeInfo();

  private ConflictRecordTypeInfo() {
    super(ConflictRecord.class);
  }

  @Override
  TypeSerializer<ConflictRecord> serializer() {
    return new ConflictRecordSerializer();
  }
}
