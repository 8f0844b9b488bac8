package dev.anabranch.jobs;

import dev.anabranch.model.message.CommandRecord;
import org.apache.flink.api.java.functions.KeySelector;

/** Routes a command to the subtask that owns its aggregate. */
final class RoutingKey implements KeySelector<CommandRecord, String> {
  private static final long serialVersionUID = 1L;

  @Override
  public String getKey(CommandRecord command) {
    return command.routingKey();
  }
}
