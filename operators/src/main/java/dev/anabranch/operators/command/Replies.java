package dev.anabranch.operators.command;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.CommandEnvelope;
import dev.anabranch.model.CommandReply;
import dev.anabranch.model.CommandReply.Backing;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.ReplyBody;
import dev.anabranch.model.ReplyStatus;
import dev.anabranch.model.ReplyTarget;
import dev.anabranch.wire.CausalityBlob;
import dev.anabranch.wire.ReplyBlob;
import org.jspecify.annotations.Nullable;

/** Builds the replies of one region. */
final class Replies {

  private final RegionId region;

  Replies(String region) {
    this.region = new RegionId(region);
  }

  /** First answer to a command whose row has just become durable. */
  CommandReply committed(PendingCommand command, LogRow row) {
    var n = command.after.originN();
    var revision = n == 0 ? VectorTime.ZERO : VectorTime.ZERO.with(region, n);
    return backed(command.envelope, row, command.reply, revision, false);
  }

  /** Answer to a repeat, from the row of the original. */
  CommandReply repeated(CommandEnvelope command, LogRow row) {
    var outcome = row.outcome();
    var revision = CausalityBlob.decode(outcome.blobs().causality()).context();
    var dot = outcome.dot();
    if (dot != null) {
      revision = revision.with(dot.origin(), dot.n());
    }
    return backed(command, row, ReplyBlob.decode(outcome.blobs().reply()), revision, true);
  }

  private CommandReply backed(
      CommandEnvelope command, LogRow row, ReplyBody body, VectorTime revision, boolean repeated) {
    return new CommandReply(
        command.commandId(),
        command.aggregate(),
        ReplyStatus.of(row.outcome().kind()),
        body,
        new Backing(region.value(), row.position(), revision.token()),
        repeated,
        command.replyTarget());
  }

  static CommandReply unbacked(
      @Nullable String commandId,
      @Nullable AggregateKey aggregate,
      ReplyTarget target,
      ReplyStatus status,
      ReplyBody body) {
    return new CommandReply(commandId, aggregate, status, body, null, false, target);
  }
}
