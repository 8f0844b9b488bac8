package dev.anabranch.serde;

import dev.anabranch.model.stored.AggregateRecord;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link AggregateRecord}. */
public final class AggregateRecordTypeInfo extends ImmutableTypeInfo<AggregateRecord> {
  private static final long serialVersionUID = 1L;

  public static final AggregateRecordTypeInfo INSTANCE = new AggregateRecordTypeInfo();

  private AggregateRecordTypeInfo() {
    super(AggregateRecord.class);
  }

  @Override
  TypeSerializer<AggregateRecord> serializer() {
    return new AggregateRecordSerializer();
  }
}
