package dev.anabranch.cli.verify;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.connectors.kafka.reader.ShardSequencer;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A region's log as a command job would have written it, to be damaged by a test: rows by position,
 * and the records of the topic in the order in which readers see them.
 */
final class TestLog {

  static final int SHARDS = 8;
  static final RegionId REGION = new RegionId("eu");

  final List<LogRow> stored = new ArrayList<>();
  final List<LogRow> published = new ArrayList<>();
  final Map<Integer, Long> expired = new HashMap<>();
  final Map<Integer, Long> recordedAsPublished = new HashMap<>();
  private final Map<AggregateKey, Long> versions = new HashMap<>();
  private final long[] nextOffsets = new long[SHARDS];

  /** Writes so many commits to each of some aggregates, and a rejection after every second. */
  static TestLog healthy(int aggregates, int commits) {
    var log = new TestLog();
    for (var version = 1; version <= commits; version++) {
      for (var aggregate = 0; aggregate < aggregates; aggregate++) {
        var key = new AggregateKey("Account", "a" + aggregate);
        log.commit(key, "c" + version);
        if (version % 2 == 0) {
          log.reject(key, "r" + version);
        }
      }
    }
    log.published.addAll(log.stored);
    return log;
  }

  static StoreLayout layout() {
    return new StoreLayout(
        REGION,
        "store-1",
        SHARDS,
        2,
        List.of("north", "south"),
        new int[] {0, 0, 0, 0, 1, 1, 1, 1});
  }

  LogRow commit(AggregateKey key, String commandId) {
    var version = versions.merge(key, 1L, Long::sum);
    return append(commitOf(key, commandId, version, version));
  }

  LogRow reject(AggregateKey key, String commandId) {
    return append(rejectionOf(key, commandId));
  }

  /** A sound commit with these numbers. */
  static Outcome commitOf(AggregateKey key, @Nullable String commandId, long version, long n) {
    var context = n == 1 ? VectorTime.ZERO : VectorTime.ZERO.with(REGION, n - 1);
    var causality = new Causality(context, List.of(), VectorTime.ZERO.with(REGION, 7), "");
    var reply = new ReplyBody("", "", Map.of(), version, "", Blobs.EMPTY);
    var event =
        new EncodedMessage("Happened", 1, ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8));
    return new Outcome(
        RowKind.COMMIT,
        key,
        version,
        commandId,
        "",
        new Dot(REGION, n),
        new Stamp(1, 100 + n, 1_000_000),
        new Blobs(
            CausalityBlob.encode(causality),
            Blobs.EMPTY,
            ReplyBlob.encode(reply),
            EventsBlob.encode(List.of(event))));
  }

  static Outcome rejectionOf(AggregateKey key, String commandId) {
    var reply = ReplyBlob.encode(ReplyBody.reason("no", "never", Map.of()));
    return new Outcome(
        RowKind.REJECTED,
        key,
        Outcome.NO_VERSION,
        commandId,
        "",
        null,
        new Stamp(1, 100, 1_000_000),
        new Blobs(Blobs.EMPTY, Blobs.EMPTY, reply, Blobs.EMPTY));
  }

  /** Puts it at the end of its shard. */
  LogRow append(Outcome outcome) {
    return append(outcome, Shards.shardOf(outcome.aggregate(), SHARDS));
  }

  LogRow append(Outcome outcome, int shard) {
    var row = outcome.at(shard, nextOffsets[shard]++);
    stored.add(row);
    return row;
  }

  /** A row of the middle of some shard. */
  LogRow middle() {
    return stored.stream()
        .filter(row -> row.offset() >= 2 && row.outcome().kind() == RowKind.COMMIT)
        .findFirst()
        .orElseThrow();
  }

  void replaceStored(LogRow old, Outcome outcome) {
    stored.set(stored.indexOf(old), outcome.at(old.shard(), old.offset()));
  }

  void replacePublished(LogRow old, Outcome outcome) {
    published.set(published.indexOf(old), outcome.at(old.shard(), old.offset()));
  }

  VerificationReport verify() {
    return verify(false);
  }

  VerificationReport verify(boolean lagAllowed) {
    return new Verifier(
            new RowsStore(layout(), stored, Set.of(), recordedAsPublished),
            topic(),
            lagAllowed,
            VerificationProgress.NONE)
        .run();
  }

  VerificationReport verifyStoreOnly() {
    return new Verifier(new RowsStore(layout(), stored), null, false, VerificationProgress.NONE)
        .run();
  }

  /** Reads by the rule of the real reader. */
  private PublishedRows topic() {
    return (apply, repeated) -> {
      var sequencer = new ShardSequencer<LogRow>(SHARDS, 10_000);
      expired.forEach(sequencer::startAt);
      var repeats = 0;
      for (var row : published) {
        if (row.offset() < expired.getOrDefault(row.shard(), 0L)) {
          continue;
        }
        var verdict = sequencer.accept(row.shard(), row.offset(), row, apply);
        if (verdict == ShardSequencer.Verdict.REPEATED) {
          repeats++;
          repeated.accept(row);
        }
      }
      var first = new long[SHARDS];
      var next = new long[SHARDS];
      for (var shard = 0; shard < SHARDS; shard++) {
        next[shard] = sequencer.nextOffset(shard);
        first[shard] = expired.getOrDefault(shard, 0L);
        if (first[shard] > 0 && first[shard] == next[shard]) {
          first[shard] = EventTopicReader.Result.NONE_LEFT;
          next[shard] = 0;
        }
      }
      return new EventTopicReader.Result(
          first, next, published.size(), repeats, 0, 0, sequencer.gaps(), List.of(), 0);
    };
  }
}
