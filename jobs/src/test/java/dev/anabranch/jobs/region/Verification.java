package dev.anabranch.jobs.region;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.ReplicationPolicy.ReplicatedTypes;
import dev.anabranch.api.ReplicationPolicy.SingleHome;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Stability;
import dev.anabranch.history.Commit;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.replicated.ReplicatedStates;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must hold for a region at rest, whatever happened to it. Finds all that does not; {@link
 * #problems} is empty if all is well.
 */
final class Verification {

  private static final int MAX_SHOWN = 30;

  private final int shardCount;
  private final List<String> problems = new ArrayList<>();
  private final Map<LogPosition, LogRow> byPosition = new HashMap<>();

  Verification(int shardCount) {
    this.shardCount = shardCount;
  }

  /** The first of them; empty: there is none. */
  List<String> problems() {
    return problems.size() <= MAX_SHOWN ? problems : problems.subList(0, MAX_SHOWN);
  }

  /**
   * Offsets 0..n per shard, versions 1..n per aggregate, each command id once, each row at home,
   * each commit once and behind all that its decider had seen.
   */
  Verification store(List<LogRow> rows) {
    var nextOffsets = new HashMap<Integer, Long>();
    var versions = new HashMap<AggregateKey, Long>();
    var commands = new HashMap<CommandId, LogRow>();
    var commits = new HashSet<String>();
    for (var row : rows) {
      byPosition.put(row.position(), row);
      var outcome = row.outcome();
      var expected = nextOffsets.merge(row.shard(), 1L, Long::sum) - 1;
      check(row.offset() == expected, row, "is at an offset where " + expected + " was next");
      check(
          row.shard() == Shards.shardOf(outcome.aggregate(), shardCount),
          row,
          "belongs to shard " + Shards.shardOf(outcome.aggregate(), shardCount));
      if (outcome.kind().hasVersion()) {
        var version = versions.merge(outcome.aggregate(), 1L, Long::sum);
        check(outcome.version() == version, row, "has a version where " + version + " was next");
      }
      if (outcome.commandId() != null && outcome.slot().isEmpty()) {
        var before = commands.put(new CommandId(outcome.aggregate(), outcome.commandId()), row);
        check(before == null, row, "has the command id of " + before);
      }
      if (outcome.dot() != null) {
        checkCauses(row, outcome, commits);
      }
    }
    return this;
  }

  private void checkCauses(LogRow row, Outcome outcome, Set<String> commits) {
    var context = CausalityBlob.decode(outcome.blobs().causality()).context();
    context
        .entries()
        .forEach(
            (origin, count) -> {
              for (var n = 1; n <= count; n++) {
                var cause = origin + ":" + n;
                check(
                    commits.contains(outcome.aggregate() + " " + cause),
                    row,
                    "stands before " + cause + ", which its decider had seen");
              }
            });
    check(
        commits.add(outcome.aggregate() + " " + outcome.dot()),
        row,
        "has the commit " + outcome.dot() + " again");
  }

  private record CommandId(AggregateKey aggregate, String id) {}

  /**
   * The topic gives a reader the store's rows, byte for byte, each time that it has them, and no
   * row before the one that it follows but where it comes again after it.
   */
  Verification published(RegionOutputs.Published published) {
    for (var problem : published.result().problems()) {
      problems.add("events topic: " + problem);
    }
    for (var gap : published.result().gaps()) {
      problems.add("events topic: " + gap);
    }
    if (published.result().outOfOrder() > 0) {
      problems.add(
          "events topic: " + published.result().outOfOrder() + " rows came before the one before");
    }
    for (var row : published.repeats()) {
      var stored = byPosition.get(row.position());
      check(
          stored != null && stored.isIdenticalTo(row),
          row,
          "came again otherwise than it is stored");
    }
    var missing = new HashMap<>(byPosition);
    for (var row : published.rows()) {
      var stored = missing.remove(row.position());
      check(stored != null, row, "was published but is not stored");
      check(
          stored == null || stored.isIdenticalTo(row),
          row,
          "was published otherwise than it is stored");
    }
    missing.values().removeIf(row -> row.outcome().kind() == RowKind.MOVED);
    missing.values().forEach(row -> check(false, row, "is stored but was not published"));
    return this;
  }

  /** Each durable answer names its own row, and says what the row says; to a repeat, the same. */
  Verification replies(List<CommandReply> replies, AggregateTypes types) {
    var rows = new HashMap<CommandId, LogPosition>();
    for (var reply : replies) {
      var backing = reply.backing();
      if (backing == null) {
        if (reply.status() != ReplyStatus.ERROR && !isTransient(reply, types)) {
          problems.add("a reply says " + reply.status() + " without a row: " + reply);
        }
        continue;
      }
      var row = byPosition.get(backing.position());
      if (row == null) {
        problems.add("a reply names a row that is not stored: " + reply);
      } else if (!row.outcome().aggregate().equals(reply.aggregate())
          || !String.valueOf(row.outcome().commandId()).equals(reply.commandId())
          || ReplyStatus.of(row.outcome().kind()) != reply.status()
          || !saysTheSame(ReplyBlob.decode(row.outcome().blobs().reply()), reply.body())) {
        problems.add("a reply does not fit its row " + row.outcome() + ": " + reply);
      } else if (!reply.superseded()) {
        var id = new CommandId(row.outcome().aggregate(), reply.commandId());
        var before = rows.putIfAbsent(id, row.position());
        if (before != null && !before.equals(row.position())) {
          problems.add("a command was answered from row " + before + " too: " + reply);
        }
      }
    }
    return this;
  }

  private static boolean isTransient(CommandReply reply, AggregateTypes types) {
    var aggregate = reply.aggregate();
    return reply.status() == ReplyStatus.REJECTED
        && aggregate != null
        && types
            .find(aggregate.type())
            .map(type -> type.rejections() == AggregateType.Rejections.TRANSIENT)
            .orElse(false);
  }

  private static boolean saysTheSame(ReplyBody stored, ReplyBody told) {
    return stored.code().equals(told.code())
        && stored.message().equals(told.message())
        && stored.details().equals(told.details())
        && stored.version() == told.version()
        && stored.resultContentType().equals(told.resultContentType())
        && Arrays.equals(stored.result(), told.result());
  }

  /**
   * Each outcome is what its command makes of the state before it: of purses, whose rules know no
   * other circumstances, and of commands that do not leave it to chance.
   */
  Verification decisions(List<MessageRecord> commands) {
    var again = new DecidedAgain(commands);
    for (var row : inOrder()) {
      again.row(row).ifPresent(problem -> check(false, row, problem));
    }
    return this;
  }

  /** Versions of other types are in a graph, beside the aggregate's record. */
  private static boolean hasOneState(LogRow row, AggregateTypes types) {
    var policy =
        types.find(row.outcome().aggregate().type()).map(type -> type.replication()).orElse(null);
    return policy instanceof SingleHome || policy instanceof ReplicatedTypes;
  }

  /**
   * The state in Flink is what folding the store gives, and each shard stands at its end.
   *
   * @param region whose state it is
   * @param regions all configured ones
   */
  Verification state(
      KeyedStateDump dump, AggregateTypes types, RegionId region, List<RegionId> regions) {
    var folded = new HashMap<AggregateKey, Folded>();
    var ends = new HashMap<Integer, Long>();
    for (var row : inOrder()) {
      ends.put(row.shard(), row.offset() + 1);
      if (row.outcome().kind().hasVersion() && hasOneState(row, types)) {
        fold(folded, row, types);
      }
    }
    folded.forEach(
        (key, expected) -> {
          var actual = dump.aggregates().get(key.toString());
          if (actual == null) {
            problems.add(key + " has no state in Flink");
          } else if (actual.version() != expected.version
              || !Arrays.equals(actual.state(), expected.encoded(region, regions))) {
            problems.add(
                key
                    + " is at version "
                    + actual.version()
                    + " in Flink, with state "
                    + new String(actual.state(), UTF_8)
                    + "; the store gives "
                    + expected.version
                    + ", "
                    + new String(expected.encoded(region, regions), UTF_8));
          }
        });
    dump.nextOffsets()
        .forEach(
            (shard, next) -> {
              if (!next.equals(ends.getOrDefault(shard, 0L))) {
                problems.add(
                    "shard "
                        + shard
                        + " stands at "
                        + next
                        + " in Flink, at "
                        + ends.get(shard)
                        + " in the store");
              }
            });
    ends.forEach(
        (shard, next) -> {
          if (!dump.nextOffsets().containsKey(shard)) {
            problems.add("shard " + shard + " has no position in Flink, " + next + " in the store");
          }
        });
    return this;
  }

  private static final class Folded {
    private final AggregateType<Object, ?, Object> type;
    private Object state;
    private long version;
    private VectorTime applied = VectorTime.ZERO;
    private Stability heard = Stability.NONE;

    private Folded(AggregateType<Object, ?, Object> type) {
      this.type = type;
      this.state = type.decider().initialState();
    }

    /** Without what replicated data types keep until every region has it. */
    private byte[] encoded(RegionId region, List<RegionId> regions) {
      var kept =
          type.replication() instanceof ReplicatedTypes
              ? ReplicatedStates.stable(state, heard.stable(region, applied, regions))
              : state;
      return type.stateCodec().encode(kept).data();
    }
  }

  @SuppressWarnings("unchecked") // a type's states and events belong together
  private static void fold(Map<AggregateKey, Folded> folded, LogRow row, AggregateTypes types) {
    var outcome = row.outcome();
    var aggregate =
        folded.computeIfAbsent(
            outcome.aggregate(),
            key ->
                new Folded(
                    (AggregateType<Object, ?, Object>) types.find(key.type()).orElseThrow()));
    var commit = Commit.of(outcome);
    aggregate.state =
        TypeFold.of(aggregate.type).fold(FoldedState.of(aggregate.state), commit).value();
    aggregate.version = outcome.version();
    var dot = commit.dot();
    aggregate.applied = aggregate.applied.with(dot.origin(), dot.n());
    aggregate.heard = aggregate.heard.after(dot, commit.context());
  }

  private List<LogRow> inOrder() {
    return byPosition.values().stream()
        .sorted(Comparator.comparingInt(LogRow::shard).thenComparingLong(LogRow::offset))
        .toList();
  }

  private void check(boolean holds, LogRow row, String problem) {
    if (!holds) {
      var outcome = row.outcome();
      problems.add(
          "row "
              + row.position()
              + " ("
              + outcome.kind()
              + " of "
              + outcome.aggregate()
              + ", version "
              + outcome.version()
              + ", command "
              + outcome.commandId()
              + ") "
              + problem);
    }
  }
}
