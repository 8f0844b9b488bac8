package dev.anabranch.benchmarks.load;

import dev.anabranch.model.message.CommandRecord;
import org.apache.flink.api.java.functions.KeySelector;

/** Keys a stream as the command job does. */
public final class CommandKey implements KeySelector<CommandRecord, String> {

  private static final long serialVersionUID = 1L;

  @Override
  public String getKey(CommandRecord command) {
    return command.routingKey();
  }
}
