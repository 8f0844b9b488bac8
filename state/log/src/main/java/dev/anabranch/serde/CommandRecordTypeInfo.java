package dev.anabranch.serde;

import dev.anabranch.model.message.CommandRecord;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link CommandRecord}. */
public final class CommandRecordTypeInfo extends ImmutableTypeInfo<CommandRecord> {
  private static final long serialVersionUID = 1L;

  public static final CommandRecordTypeInfo INSTANCE = new CommandRecordTypeInfo();

  private CommandRecordTypeInfo() {
    super(CommandRecord.class);
  }

  @Override
  TypeSerializer<CommandRecord> serializer() {
    return new CommandRecordSerializer();
  }
}
