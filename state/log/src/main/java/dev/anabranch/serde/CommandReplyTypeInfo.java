package dev.anabranch.serde;

import dev.anabranch.model.message.CommandReply;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link CommandReply}. */
public final class CommandReplyTypeInfo extends ImmutableTypeInfo<CommandReply> {
  private static final long serialVersionUID = 1L;

  public static final CommandReplyTypeInfo INSTANCE = new CommandReplyTypeInfo();

  private CommandReplyTypeInfo() {
    super(CommandReply.class);
  }

  @Override
  TypeSerializer<CommandReply> serializer() {
    return new CommandReplySerializer();
  }
}
