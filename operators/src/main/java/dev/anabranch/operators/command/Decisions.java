package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateType.Rejections;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Causality;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.CommandEnvelope;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.ReplyBody;
import dev.anabranch.model.ReplyStatus;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.operators.command.LiveAggregate.Version;
import dev.anabranch.wire.CausalityBlob;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.EventsBlob;
import dev.anabranch.wire.MetadataBlob;
import dev.anabranch.wire.ReplyBlob;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides one command on an aggregate's head, and encodes the outcome as it will be stored.
 *
 * <p>What application code throws never leaves this class: it becomes {@link Decided.Unbacked}.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class Decisions {

  private final RegionId region;
  private final long writer;
  private final int maxCommitBytes;

  Decisions(String region, long writer, int maxCommitBytes) {
    this.region = new RegionId(region);
    this.writer = writer;
    this.maxCommitBytes = maxCommitBytes;
  }

  Decided decide(LiveAggregate aggregate, CommandEnvelope command, DecisionTime time) {
    var type = aggregate.type;
    if (type == null) {
      return error(
          ErrorCodes.UNKNOWN_TYPE,
          "aggregate type '"
              + command.aggregate().type()
              + "' is not registered with this job; add its Domain to the job's class path");
    }
    var head = aggregate.head;
    if (command.expectedVersion() != CommandEnvelope.ANY_VERSION
        && command.expectedVersion() != head.version()) {
      return rejected(command, head, time, versionConflict(command, head));
    }
    try {
      var payload = type.commandCodec().decode(command.command());
      return outcomeOf(type, aggregate, command, payload, time);
    } catch (CodecException e) {
      return error(ErrorCodes.UNDECODABLE, messageOf(e));
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      return error(ErrorCodes.POISON, e.getClass().getName() + ": " + messageOf(e));
    }
  }

  private Decided outcomeOf(
      AggregateType<Object, Object, Object> type,
      LiveAggregate aggregate,
      CommandEnvelope command,
      Object payload,
      DecisionTime time) {
    var head = aggregate.head;
    var context =
        new DecisionContext(
            command.commandId(),
            type.name(),
            command.aggregate().id(),
            head.version(),
            region.value(),
            Instant.EPOCH.plus(time.occurredAtMicros(), ChronoUnit.MICROS));
    var decision = type.decider().decide(head.foldedState(), payload, context);
    if (decision instanceof Decision.Accepted<Object> accepted) {
      return accepted(type, command, head, time, accepted);
    }
    if (decision instanceof Decision.Rejected<Object> rejected) {
      var reply = ReplyBody.reason(rejected.code(), rejected.message(), rejected.details());
      if (type.rejections() == Rejections.TRANSIENT) {
        return new Decided.Unbacked(ReplyStatus.REJECTED, at(reply, head.version()), false);
      }
      return rejected(command, head, time, reply);
    }
    if (decision instanceof Decision.Unchanged<Object> unchanged) {
      var reply = result(type, unchanged.result(), head.version());
      return outcomeWithoutEvents(RowKind.UNCHANGED, command, head, time, reply);
    }
    return error(ErrorCodes.POISON, "the decider returned null; return a Decision");
  }

  private Decided accepted(
      AggregateType<Object, Object, Object> type,
      CommandEnvelope command,
      Version head,
      DecisionTime time,
      Decision.Accepted<Object> accepted) {
    var codec = type.eventCodec();
    var encoded = new ArrayList<EncodedMessage>(accepted.events().size());
    var state = head.foldedState();
    var n = head.originN() + 1;
    var dot = new Dot(region, n);
    var context = contextOf(head);
    var at = EventContext.of(dot, context, time.hlc());
    for (var event : accepted.events()) {
      var index = encoded.size();
      var message = codec.encode(event);
      encoded.add(message);
      // The state is folded from what a reader of the log would decode, not from what was decided.
      if (codec.lossless()) {
        state = evolve(type, state, event, at.event(index, 0));
      } else {
        var stored = type.decodeEvent(message);
        for (var part = 0; part < stored.size(); part++) {
          state = evolve(type, state, stored.get(part), at.event(index, part));
        }
      }
    }
    var parents = n == 1 ? List.<Dot>of() : List.of(new Dot(region, n - 1));
    var dependencies = VectorTime.ZERO.with(region, time.hlc());
    var causality = new Causality(context, parents, dependencies, "");
    var version = head.version() + 1;
    var reply = result(type, accepted.result(), version);
    var blobs = blobs(causality, command, reply, EventsBlob.encode(encoded));
    return row(
        new Outcome(
            RowKind.COMMIT,
            command.aggregate(),
            version,
            command.commandId(),
            "",
            dot,
            stamp(time),
            blobs),
        reply,
        new Version(version, n, time.hlc(), state));
  }

  private static Object evolve(
      AggregateType<Object, Object, Object> type, Object state, Object event, EventContext at) {
    return Objects.requireNonNull(
        type.decider().evolve(state, event, at), "evolve returned null; return a state");
  }

  private Decided rejected(
      CommandEnvelope command, Version head, DecisionTime time, ReplyBody reason) {
    return outcomeWithoutEvents(RowKind.REJECTED, command, head, time, at(reason, head.version()));
  }

  private Decided outcomeWithoutEvents(
      RowKind kind, CommandEnvelope command, Version head, DecisionTime time, ReplyBody reply) {
    var causality = new Causality(contextOf(head), List.of(), VectorTime.ZERO, "");
    var blobs = blobs(causality, command, reply, Blobs.EMPTY);
    return row(
        new Outcome(
            kind,
            command.aggregate(),
            Outcome.NO_VERSION,
            command.commandId(),
            "",
            null,
            stamp(time),
            blobs),
        reply,
        head);
  }

  private Decided row(Outcome outcome, ReplyBody reply, Version after) {
    var bytes = EventWire.sizeOf(outcome, region.value());
    if (bytes > maxCommitBytes) {
      return error(
          ErrorCodes.TOO_LARGE,
          "the outcome takes "
              + bytes
              + " bytes as a Kafka record, commit.max-bytes is "
              + maxCommitBytes
              + "; make events, result or metadata smaller, or raise the limit");
    }
    return new Decided.Row(outcome, reply, after, bytes);
  }

  private VectorTime contextOf(Version head) {
    return head.originN() == 0 ? VectorTime.ZERO : VectorTime.ZERO.with(region, head.originN());
  }

  private Stamp stamp(DecisionTime time) {
    return new Stamp(writer, time.hlc(), time.occurredAtMicros());
  }

  private static Blobs blobs(
      Causality causality, CommandEnvelope command, ReplyBody reply, byte[] events) {
    return new Blobs(
        CausalityBlob.encode(causality),
        MetadataBlob.encode(command.metadata()),
        ReplyBlob.encode(reply),
        events);
  }

  private static ReplyBody result(
      AggregateType<Object, Object, Object> type, @Nullable Object result, long version) {
    return result == null
        ? at(ReplyBody.EMPTY, version)
        : new ReplyBody(
            "", "", Map.of(), version, type.resultContentType(), type.encodeResult(result));
  }

  private static ReplyBody at(ReplyBody body, long version) {
    return new ReplyBody(
        body.code(),
        body.message(),
        body.details(),
        version,
        body.resultContentType(),
        body.result());
  }

  private static ReplyBody versionConflict(CommandEnvelope command, Version head) {
    return ReplyBody.reason(
        ErrorCodes.VERSION_CONFLICT,
        "expected version " + command.expectedVersion() + ", is " + head.version(),
        Map.of(
            "expected", Long.toString(command.expectedVersion()),
            "actual", Long.toString(head.version())));
  }

  private static Decided error(String code, String message) {
    return new Decided.Unbacked(ReplyStatus.ERROR, ReplyBody.reason(code, message, Map.of()), true);
  }

  private static String messageOf(Throwable e) {
    return e.getMessage() == null ? "no message" : e.getMessage();
  }
}
