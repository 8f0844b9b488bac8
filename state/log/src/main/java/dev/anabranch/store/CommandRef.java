package dev.anabranch.store;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;

/** A command id within its aggregate. */
public record CommandRef(AggregateKey aggregate, String commandId) {

  /** The command that the row is an outcome of; an empty id if it is none. */
  public static CommandRef of(LogRow row) {
    var commandId = row.outcome().commandId();
    return new CommandRef(row.outcome().aggregate(), commandId == null ? "" : commandId);
  }
}
