package dev.anabranch.serde;

import dev.anabranch.model.stored.ShardRecord;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link ShardRecord}. */
public final class ShardRecordTypeInfo extends ImmutableTypeInfo<ShardRecord> {
  private static final long serialVersionUID = 1L;

  public static final ShardRecordTypeInfo INSTANCE = new ShardRecordTypeInfo();

  private ShardRecordTypeInfo() {
    super(ShardRecord.class);
  }

  @Override
  TypeSerializer<ShardRecord> serializer() {
    return new ShardRecordSerializer();
  }
}
