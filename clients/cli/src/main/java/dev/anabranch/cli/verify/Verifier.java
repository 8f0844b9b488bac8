package dev.anabranch.cli.verify;

import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.connectors.kafka.reader.SequenceGapException;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.ShardHead;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a region's whole store, and its events topic, and checks what the guarantees say of them.
 *
 * <p><b>Rules.</b> Per shard offsets 0..n without gap; per aggregate versions 1..n in the order of
 * the log; one outcome per command; dots 1..n per origin; columns that fit the row's kind; every
 * row in the shard of its key; and the topic, read by the rule of its readers, equal to the store,
 * byte for byte.
 *
 * <p><b>While writers run.</b> What must be published was stored before the topic's end was asked
 * for, and what may be published is stored when the store is read after it: so a running job is no
 * reason for a finding, but a row that waits longer than that for its publication is one.
 *
 * <p><b>Bounds.</b> Shard by shard, so memory holds the aggregates and commands of the largest
 * shard (about 200 bytes and 32 bytes each) and half a byte for every row of the topic.
 *
 * <p><b>Threads.</b> One; each run needs an instance of its own.
 */
public final class Verifier {

  private static final int MAX_LISTED = 200;

  private final EventStore store;
  private final @Nullable PublishedRows topic;
  private final boolean lagAllowed;
  private final VerificationProgress progress;
  private final Problems problems = new Problems(MAX_LISTED);
  private final CurrentSession session;
  private final StoreTotals totals = new StoreTotals();

  /**
   * @param topic null: only the store is checked
   * @param lagAllowed whether the topic may lack rows at the end of shards
   */
  public Verifier(
      EventStore store,
      @Nullable PublishedRows topic,
      boolean lagAllowed,
      VerificationProgress progress) {
    this.store = store;
    this.topic = topic;
    this.lagAllowed = lagAllowed;
    this.progress = progress;
    this.session = new CurrentSession(store);
  }

  /**
   * Reads everything.
   *
   * @throws dev.anabranch.store.StoreUnavailableException if a database can't be reached
   * @throws IllegalStateException if the topic can't be read
   */
  public VerificationReport run() {
    var start = System.nanoTime();
    try (session) {
      store.layout().databases().forEach(totals::database);
      var published = topic == null ? null : readTopic(topic);
      readStore(published);
      return report(published, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /** What the topic holds, and what it should hold at least. */
  @SuppressWarnings("ArrayRecordComponent") // never compared with equals
  private record Published(
      PublishedRows log,
      EventTopicReader.Result result,
      long[] begins,
      long[] ends,
      PublishedDigests digests,
      Map<Integer, ShardHead> headsBefore,
      Lag lag) {

    /** Rows below are no longer in the topic. */
    long begin(int shard) {
      return begins[shard];
    }

    /** Rows from here on are not in the topic yet. */
    long end(int shard) {
      return ends[shard];
    }
  }

  private static final class Lag {
    private long rows;
  }

  private @Nullable Published readTopic(PublishedRows log) {
    var headsBefore = heads();
    var digests = new PublishedDigests(progress);
    try {
      var result = log.read(digests::row, digests::repeat);
      for (var gap : result.gaps()) {
        problems.add(ProblemKind.TOPIC_GAP, gap.shard(), gap.next(), gap.toString());
      }
      result.problems().forEach(each -> problems.add(ProblemKind.TOPIC_RECORD, -1, -1, each));
      problems.addUnlisted(
          ProblemKind.TOPIC_RECORD, result.problemCount() - result.problems().size());
      return published(log, result, digests, headsBefore);
    } catch (SequenceGapException e) {
      problems.add(ProblemKind.TOPIC_GAP, -1, -1, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /**
   * Tells how far a shard was published. If the topic has no row of it any more, the store says so.
   */
  private Published published(
      PublishedRows log,
      EventTopicReader.Result result,
      PublishedDigests digests,
      Map<Integer, ShardHead> headsBefore) {
    var begins = result.firstOffsets().clone();
    var ends = result.nextOffsets().clone();
    for (var shard : shardsByDatabase()) {
      if (begins[shard] == EventTopicReader.Result.NONE_LEFT) {
        ends[shard] = session.of(shard).published(List.of(shard)).getOrDefault(shard, 0L);
        begins[shard] = ends[shard];
      }
    }
    session.close();
    return new Published(log, result, begins, ends, digests, headsBefore, new Lag());
  }

  private void readStore(@Nullable Published published) {
    var heads = heads();
    var rowsToRead = heads.values().stream().mapToLong(head -> head.offset() + 1).sum();
    var comparison = new TopicComparison(problems);
    for (var shard : shardsByDatabase()) {
      var head = heads.get(shard);
      if (head != null || (published != null && published.end(shard) > 0)) {
        readShard(shard, head == null ? -1 : head.offset(), published, comparison, rowsToRead);
      }
    }
    if (published != null) {
      session.close();
      comparison.nameRows(published.log, session::of, published.begins, published.ends);
    }
  }

  private void readShard(
      int shard,
      long lastOffset,
      @Nullable Published published,
      TopicComparison comparison,
      long rowsToRead) {
    var current = session.of(shard);
    var publishedBegin = published == null ? 0 : published.begin(shard);
    var publishedEnd = published == null ? 0 : published.end(shard);
    var repeats = published == null ? null : published.digests.repeatsOf(shard);
    var check =
        new ShardCheck(store.layout(), shard, current, problems, publishedBegin, publishedEnd);
    new ShardScan(current, shard, problems)
        .read(
            lastOffset,
            row -> {
              totals.row(row);
              check.accept(row);
              if (repeats != null) {
                repeats.stored(row);
              }
              progress.at(VerificationProgress.Phase.STORE, totals.rows(), rowsToRead);
            });
    totals.shard(databaseOf(shard), check.rows(), check.aggregates());
    if (published != null) {
      for (var chunk : check.chunksDifferingFrom(published.digests.of(shard))) {
        comparison.differs(shard, chunk);
      }
      for (var chunk : published.digests.repeatsOf(shard).differing()) {
        comparison.differs(shard, chunk);
      }
      checkLag(published, shard, check.fences());
    }
  }

  private void checkLag(Published published, int shard, long fences) {
    var headBefore = published.headsBefore.get(shard);
    var missing = headBefore == null ? 0 : headBefore.offset() + 1 - fences - published.end(shard);
    var isGap = published.result.gaps().stream().anyMatch(gap -> gap.shard() == shard);
    if (missing <= 0 || isGap) {
      return;
    }
    published.lag.rows += missing;
    if (!lagAllowed) {
      problems.add(
          ProblemKind.TOPIC_LAG,
          shard,
          published.end(shard),
          "shard "
              + shard
              + " is published below offset "
              + published.end(shard)
              + ", "
              + missing
              + " stored rows are not");
    }
  }

  private VerificationReport report(@Nullable Published published, Duration duration) {
    var counts = problems.counts();
    return new VerificationReport(
        counts.isEmpty(),
        store.layout().region().value(),
        store.layout().storeId(),
        store.layout().shardCount(),
        totals.counts(),
        published == null ? null : topicCounts(published),
        counts.values().stream().mapToLong(Long::longValue).sum(),
        counts,
        problems.listed(),
        duration);
  }

  private static VerificationReport.TopicCounts topicCounts(Published published) {
    var expired = 0L;
    var rows = 0L;
    for (var shard = 0; shard < published.ends.length; shard++) {
      expired += published.begin(shard);
      rows += published.end(shard) - published.begin(shard);
    }
    var result = published.result;
    return new VerificationReport.TopicCounts(
        result.records(), rows, result.repeats(), published.lag.rows, expired, result.outOfOrder());
  }

  private Map<Integer, ShardHead> heads() {
    var heads = new HashMap<Integer, ShardHead>();
    for (var database = 0; database < store.layout().databases().size(); database++) {
      var home = database;
      var shards =
          IntStream.range(0, store.layout().shardCount())
              .filter(shard -> store.layout().databaseOf(shard) == home)
              .boxed()
              .toList();
      if (!shards.isEmpty()) {
        heads.putAll(session.of(shards.get(0)).heads(shards));
      }
    }
    session.close();
    return heads;
  }

  /** So that one session after the other is needed. */
  private List<Integer> shardsByDatabase() {
    return IntStream.range(0, store.layout().shardCount())
        .boxed()
        .sorted(Comparator.comparingInt(store.layout()::databaseOf))
        .toList();
  }

  private String databaseOf(int shard) {
    return store.layout().databases().get(store.layout().databaseOf(shard));
  }
}
