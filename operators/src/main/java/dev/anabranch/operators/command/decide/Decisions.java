package dev.anabranch.operators.command.decide;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateType.Rejections;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.ReplicationPolicy.Automatic;
import dev.anabranch.api.ReplicationPolicy.Interactive;
import dev.anabranch.api.ResolveConflict;
import dev.anabranch.api.Resolvers;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.codec.ResolveConflictJson;
import dev.anabranch.gate.Causality;
import dev.anabranch.history.Commit;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.aggregate.DecisionTime;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
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
public final class Decisions {

  private final RegionId region;
  private final Homes homes;
  private final long writer;
  private final int maxCommitBytes;

  public Decisions(String region, RegionMap regions, long writer, int maxCommitBytes) {
    this.region = new RegionId(region);
    this.homes = new Homes(this.region, regions);
    this.writer = writer;
    this.maxCommitBytes = maxCommitBytes;
  }

  public Decided decide(LiveAggregate aggregate, CommandEnvelope command, DecisionTime time) {
    var type = aggregate.type();
    if (type == null) {
      return error(
          ErrorCodes.UNKNOWN_TYPE,
          "aggregate type '"
              + command.aggregate().type()
              + "' is not registered with this job; add its Domain to the job's class path");
    }
    var elsewhere = homes.homeElsewhere(type, command.aggregate());
    if (elsewhere != null) {
      return notHome(command, elsewhere);
    }
    var head = aggregate.head();
    var refusal = Expectations.check(type, command, head);
    if (refusal != null) {
      return refusal.isOutcome()
          ? rejected(command, head, time, refusal.body())
          : new Decided.Unbacked(ReplyStatus.ERROR, refusal.body(), true);
    }
    try {
      if (command.command().type().equals(ResolveConflict.TYPE)) {
        return resolved(type, aggregate, command, time);
      }
      if (command.buildsOn() != null) {
        return onVersion(type, aggregate, command, command.buildsOn(), time);
      }
      if (head.live().size() > 1 && type.replication() instanceof Interactive) {
        return rejected(command, head, time, openConflict(aggregate));
      }
      return outcomeOf(type, head, command, time);
    } catch (CodecException e) {
      return error(ErrorCodes.UNDECODABLE, messageOf(e));
    } catch (Throwable e) {
      return error(ErrorCodes.POISON, ApplicationCode.problem(e));
    }
  }

  /** Decides on one of several live branches: the others stay what they are. */
  private Decided onVersion(
      AggregateType<Object, Object, Object> type,
      LiveAggregate aggregate,
      CommandEnvelope command,
      Dot version,
      DecisionTime time) {
    var graph = aggregate.graph();
    var head = aggregate.head();
    if (graph == null) {
      return error(
          ErrorCodes.NO_VERSIONS,
          "type " + type.name() + " never has several versions; send the command without one");
    }
    if (!head.live().contains(version)) {
      var live = head.live().toString();
      return rejected(
          command,
          head,
          time,
          ReplyBody.reason(
              ErrorCodes.STALE_VERSION,
              version + " is no live branch; live are " + live,
              Map.of("live", live)));
    }
    var alone = new Version(head.version(), head.past(), List.of(version), graph.state(version));
    return outcomeOf(type, alone, command, time);
  }

  private Decided outcomeOf(
      AggregateType<Object, Object, Object> type,
      Version head,
      CommandEnvelope command,
      DecisionTime time)
      throws CodecException {
    var payload = type.commandCodec().decode(command.command());
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
    var past = head.past();
    var n = past.count(region) + 1;
    var dot = new Dot(region, n);
    var context = past.applied();
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
    var dependencies = past.dependenciesAt(region, time.hlc());
    var causality = new Causality(context, head.live(), dependencies, resolverOf(type, head));
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
        causality,
        reply,
        new Version(version, past.afterOwn(dot, time.hlc(), dependencies), List.of(dot), state));
  }

  /**
   * The row of another region's commit in this log. Never fails: what can't be folded is stored and
   * published all the same, and parks its aggregate.
   *
   * @param slot empty, unless the command has a row in this log already
   */
  public Decided.Row adopt(LiveAggregate aggregate, Commit remote, String slot) {
    var head = aggregate.head();
    var version = remote.kind().hasVersion() ? head.version() + 1 : Outcome.NO_VERSION;
    var commit = remote.adopted(version, slot, writer);
    var outcome = commit.outcome();
    var after = aggregate.afterHead(commit);
    return new Decided.Row(
        outcome, commit, ReplyBody.EMPTY, after, EventWire.sizeOf(outcome, region.value()));
  }

  private Decided resolved(
      AggregateType<Object, Object, Object> type,
      LiveAggregate aggregate,
      CommandEnvelope command,
      DecisionTime time) {
    var head = aggregate.head();
    var decision =
        Resolutions.decide(type, aggregate, ResolveConflictJson.decode(command.command()));
    if (decision instanceof Resolutions.Refused refused) {
      return rejected(command, head, time, refused.why());
    }
    var accepted = (Resolutions.Accepted) decision;
    var past = head.past();
    var dot = new Dot(region, past.count(region) + 1);
    var dependencies = past.dependenciesAt(region, time.hlc());
    var causality = new Causality(past.applied(), accepted.parents(), dependencies, "");
    var version = head.version() + 1;
    var reply = at(ReplyBody.EMPTY, version);
    return row(
        new Outcome(
            RowKind.RESOLUTION,
            command.aggregate(),
            version,
            command.commandId(),
            "",
            dot,
            stamp(time),
            blobs(causality, command, reply, EventsBlob.encode(accepted.events()))),
        causality,
        reply,
        new Version(
            version, past.afterOwn(dot, time.hlc(), dependencies), head.live(), head.state()));
  }

  private static String resolverOf(AggregateType<Object, Object, Object> type, Version head) {
    if (head.live().size() < 2) {
      return "";
    }
    var policy = type.replication();
    if (policy instanceof Automatic<Object> automatic) {
      return automatic.current().id();
    }
    if (policy instanceof ReplicationPolicy.ReplicatedTypes) {
      return ReplicationPolicy.REPLICATED;
    }
    // The home ends a fork on the later version, whatever policy the type may have one day.
    return policy instanceof ReplicationPolicy.SingleHome ? Resolvers.lastWriterWins().id() : "";
  }

  private static ReplyBody openConflict(LiveAggregate aggregate) {
    var live = aggregate.head().live();
    return ReplyBody.reason(
        ErrorCodes.OPEN_CONFLICT,
        "the aggregate has "
            + live.size()
            + " versions that were made at once: "
            + live
            + "; resolve the conflict (anabranch conflicts resolve), then send the command again"
            + " under a new id",
        Map.of("live", live.toString()));
  }

  private static Decided notHome(CommandEnvelope command, RegionId home) {
    return new Decided.Unbacked(
        ReplyStatus.ERROR,
        ReplyBody.reason(
            ErrorCodes.NOT_HOME,
            "the home of "
                + command.aggregate()
                + " is region "
                + home
                + "; send the command there",
            Map.of("home", home.value())),
        false);
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
    var causality = new Causality(head.past().applied(), List.of(), VectorTime.ZERO, "");
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
        causality,
        reply,
        head);
  }

  private Decided row(Outcome outcome, Causality causality, ReplyBody reply, Version after) {
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
    var commit = outcome.dot() == null ? null : Commit.decided(outcome, causality);
    return new Decided.Row(outcome, commit, reply, after, bytes);
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

  private static Decided error(String code, String message) {
    return new Decided.Unbacked(ReplyStatus.ERROR, ReplyBody.reason(code, message, Map.of()), true);
  }

  private static String messageOf(Throwable e) {
    var message = ApplicationCode.message(e);
    return message.isEmpty() ? "no message" : message;
  }
}
