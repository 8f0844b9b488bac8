package dev.anabranch.operators.command.decide;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.CommandReply.Backing;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.operators.command.aggregate.PendingOutcome;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the replies of one region. */
public final class Replies {

  private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

  private final RegionId region;

  public Replies(String region) {
    this.region = new RegionId(region);
  }

  /** First answer to a command whose row has just become durable. */
  public CommandReply committed(PendingOutcome command, LogRow row) {
    var revision = command.after().past().applied();
    return backed(command.command(), row, command.row().reply(), revision, false);
  }

  /**
   * Answer to a repeat, from the row of the original; an error reply if that row can't be read,
   * since a damaged row must not stop the commands behind it.
   */
  public CommandReply repeated(CommandEnvelope command, LogRow row) {
    return earlier(command, row, false);
  }

  /**
   * Answer to a repeat of a command that this region once answered otherwise, from the row of the
   * outcome that counts, which another region had accepted.
   */
  public CommandReply superseded(CommandEnvelope command, LogRow counting) {
    return earlier(command, counting, true);
  }

  private CommandReply earlier(CommandEnvelope command, LogRow row, boolean superseded) {
    try {
      var body = ReplyBlob.decode(row.outcome().blobs().reply());
      var reply = backed(command, row, body, revisionAfter(row), true);
      return new CommandReply(
          reply.commandId(),
          reply.aggregate(),
          reply.status(),
          reply.body(),
          reply.backing(),
          true,
          superseded,
          reply.target());
    } catch (WireFormatException e) {
      LOG.error("The stored outcome at {} can't be read: {}", row.position(), e.getMessage());
      return unbacked(
          command.commandId(),
          command.aggregate(),
          command.replyTarget(),
          ReplyStatus.ERROR,
          ReplyBody.reason(
              ErrorCodes.DAMAGED,
              "the command was handled, but its stored outcome at "
                  + row.position()
                  + " can't be read: "
                  + e.getMessage()
                  + "; run anabranch verify",
              Map.of()));
    }
  }

  private static VectorTime revisionAfter(LogRow row) {
    var context = CausalityBlob.decode(row.outcome().blobs().causality()).context();
    var dot = row.outcome().dot();
    return dot == null ? context : context.with(dot.origin(), dot.n());
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

  public static CommandReply unbacked(
      @Nullable String commandId,
      @Nullable AggregateKey aggregate,
      ReplyTarget target,
      ReplyStatus status,
      ReplyBody body) {
    return new CommandReply(commandId, aggregate, status, body, null, false, target);
  }
}
