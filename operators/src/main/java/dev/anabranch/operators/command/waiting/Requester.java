package dev.anabranch.operators.command.waiting;

import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the outcome of which command. A client that sends a command again, with the same
 * correlation id to the same address, because its answer is late, asks nothing new: one answer does
 * for all. So what waits for a database that is down does not grow with the clients' patience.
 *
 * @param source of a command without a correlation id, which always asks for itself; else null
 */
public record Requester(
    String routingKey, String commandId, ReplyTarget target, @Nullable SourcePosition source) {

  public static Requester of(CommandRecord record, CommandEnvelope command) {
    var target = command.replyTarget();
    var source = target.correlationId() == null ? record.source() : null;
    return new Requester(record.routingKey(), command.commandId(), target, source);
  }
}
