package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.stored.LastPrints;
import dev.anabranch.operators.projection.version.LaneGauges;
import dev.anabranch.operators.projection.version.ProjectionCounts;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.ShardHead;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One version and some shards of a subtask: decides for each row from Kafka whether it is next, and
 * keeps one batch under way.
 *
 * <p><b>Order.</b> The reader rule: a shard's row at the next offset is taken; a lower one was
 * applied before and is dropped. A higher one shows a gap: Kafka lost, reordered or not yet
 * delivered rows, or the version is new. Then the shard is <em>behind</em>: it is read from the
 * event store, which holds every row before Kafka does, until it meets the rows that came
 * meanwhile. Nothing is ever skipped, and nothing waits for Kafka to repeat itself.
 *
 * <p><b>Bounds.</b> {@code maxPendingRows} rows wait to be applied, or {@link #MAX_PENDING_BYTES}
 * of them; as many again are kept of shards that are behind, further ones are dropped: they are in
 * the store.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class VersionLane implements VersionWorker.Answers, LaneGauges, AutoCloseable {

  /** One row more may wait, however large it is. */
  static final long MAX_PENDING_BYTES = 8 << 20;

  private final VersionId version;
  private final LaneLimits limits;
  private final Map<Integer, ShardProgress> cursors = new TreeMap<>();
  private final ProjectionCounts counts;
  private final TaskThreads threads;
  private @Nullable VersionWorker worker;

  private final FormingRows forming;
  private final Set<ShardProgress> behind = new LinkedHashSet<>();
  private final Set<ParkedRequest> requests = new LinkedHashSet<>();
  private boolean started;
  private boolean full;
  private boolean left;
  private boolean busy;
  private boolean closed;
  private boolean toCompare;

  /** One of the rows that came again otherwise, until it was looked at. */
  private @Nullable LogRow differing;

  private boolean lastWasCatchUp;

  public VersionLane(
      VersionId version,
      Collection<Integer> shards,
      LaneLimits limits,
      ProjectionCounts counts,
      TaskThreads threads) {
    this.threads = threads;
    this.version = version;
    this.limits = limits;
    this.counts = counts;
    this.forming = new FormingRows(new RowRoom(limits.maxPendingRows(), MAX_PENDING_BYTES));
    var room = new RowRoom(limits.maxPendingRows(), MAX_PENDING_BYTES);
    shards.forEach(shard -> cursors.put(shard, new ShardProgress(shard, room)));
  }

  public VersionId version() {
    return version;
  }

  Collection<Integer> shards() {
    return cursors.keySet();
  }

  public void start(VersionWorker itsWorker) {
    worker = itsWorker;
    busy = true;
    itsWorker.start(cursors.keySet());
  }

  /**
   * Whether a row can be offered. Always while the event store is away: the lane may wait for it
   * then, and other lanes' rows must not wait with it. What finds no place is read from the store.
   */
  public boolean hasRoom() {
    var current = worker;
    return !isFull() || (current != null && current.isLogDown());
  }

  private boolean isFull() {
    return forming.isFull();
  }

  /** From now on readers see the version. */
  public void becameLive() {
    var current = worker;
    if (current != null) {
      current.becameLive();
    }
  }

  /** Rows that were taken and are not committed. */
  int pending() {
    return forming.size();
  }

  public boolean isIdle() {
    return (!busy || left) && forming.isEmpty();
  }

  /** A row as Kafka brings it. */
  public void offer(LogRow row) {
    var cursor = cursors.get(row.shard());
    if (cursor == null || closed || !cursor.takesFromKafka(row.offset())) {
      return;
    }
    if (started && row.offset() < cursor.next) {
      repeated(cursor, row);
    } else if (started && !cursor.isBehind && row.offset() == cursor.next && !isFull()) {
      take(cursor, row);
      takeHeld(cursor);
    } else {
      cursor.held.hold(row);
      if (started && !cursor.isBehind) {
        fallBehind(cursor);
      }
    }
    endTurn();
  }

  private void repeated(ShardProgress cursor, LogRow row) {
    counts.repeated();
    if (cursor.prints.compare(row) == LastPrints.Verdict.OTHER) {
      counts.differs();
      differing = differing == null ? row : differing;
    }
  }

  /** Somebody wants parked rows tried again or discarded. */
  public void request(ParkedRequest request) {
    if (!closed && cursors.containsKey(request.shard())) {
      requests.add(request);
      endTurn();
    }
  }

  /** What the store holds, as seen now: rows that Kafka does not bring are read from it. */
  public void heads(HeadWatch.Seen seen) {
    if (!started || closed) {
      return;
    }
    var now = threads.nanoTime();
    for (var cursor : cursors.values()) {
      if (!seen.shards().contains(cursor.shard)) {
        continue;
      }
      var head = seen.heads().get(cursor.shard);
      var end = head == null ? 0 : head.offset() + 1;
      if (cursor.isBeyond(end, seen.askedAtNanos(), now) || cursor.isLost) {
        toCompare = true;
      }
      if (head == null || cursor.isLost) {
        continue;
      }
      // Seen twice with nothing in between: Kafka has had the time of one round to bring it.
      var wasMissing = cursor.head >= cursor.next;
      cursor.head(head.offset(), now);
      if (!cursor.isBehind && wasMissing && cursor.applied == cursor.next) {
        fallBehind(cursor);
      }
      cursor.isStalled = false;
    }
    endTurn();
  }

  // -- Answers of the worker.

  @Override
  public void claimed(
      Map<Integer, Long> positions,
      Map<Integer, ShardHead> heads,
      List<ParkedRequest> interrupted,
      StoreComparison.Result comparison) {
    started = true;
    left = false;
    full = false;
    requests.addAll(interrupted);
    busy = false;
    behind.clear();
    var now = threads.nanoTime();
    for (var cursor : cursors.values()) {
      cursor.next = positions.getOrDefault(cursor.shard, 0L);
      cursor.applied = cursor.next;
      var head = heads.get(cursor.shard);
      var end = head == null ? 0 : head.offset() + 1;
      cursor.head(end - 1, now);
      cursor.compared(comparison);
      if (cursor.isLost) {
        standStill(cursor);
      } else {
        meet(cursor, cursor.next >= end);
      }
    }
  }

  @Override
  public void compared(StoreComparison.Result result) {
    busy = false;
    for (var cursor : cursors.values()) {
      var wasLost = cursor.isLost;
      cursor.compared(result);
      if (cursor.isLost && !wasLost) {
        standStill(cursor);
      } else if (!cursor.isLost && wasLost) {
        cursor.isBehind = true;
        behind.add(cursor);
      }
    }
  }

  /** What was taken and is not committed has no place behind rows that are lost. */
  private void standStill(ShardProgress cursor) {
    forming.dropShard(cursor.shard);
    cursor.held.clear();
    cursor.inForming = 0;
    cursor.next = cursor.applied;
    cursor.isBehind = false;
    behind.remove(cursor);
  }

  @Override
  public void applied(List<LogRow> rows, int changed, long nanos) {
    busy = false;
    counts.applied(rows.size(), changed, nanos);
    var now = threads.nanoTime();
    for (var row : rows) {
      var cursor = cursors.get(row.shard());
      if (cursor != null) {
        committed(cursor, row.offset() + 1, row.outcome().stamp().hlc(), now);
      }
    }
  }

  @Override
  public void caughtUp(int shard, long next, long hlc, boolean atEnd) {
    busy = false;
    var cursor = cursors.get(shard);
    if (cursor == null) {
      return;
    }
    counts.caughtUp(next - cursor.next);
    var progressed = next > cursor.next;
    behind.remove(cursor); // to the end of the line
    cursor.next = next;
    committed(cursor, next, hlc, threads.nanoTime());
    meet(cursor, atEnd);
    if (cursor.isBehind) {
      // Kafka has rows that the store can't show now; ask again when its end was seen again.
      cursor.isStalled = atEnd && !progressed;
    }
  }

  @Override
  public void retried() {
    busy = false;
    full = false;
  }

  /** Nothing is lost: what was taken is read from the store when there is room again. */
  @Override
  public void full(Map<Integer, Long> positions) {
    busy = false;
    full = true;
    standAt(positions);
  }

  /** What was taken and is not committed is the other job's. */
  @Override
  public void left() {
    left = true;
    started = false;
    requests.clear();
    toCompare = false;
    differing = null;
    standAt(Map.of());
  }

  @Override
  public void seenAt(Map<Integer, Long> positions, Map<Integer, ShardHead> heads) {
    var now = threads.nanoTime();
    standAt(positions);
    for (var cursor : cursors.values()) {
      var head = heads.get(cursor.shard);
      cursor.head(head == null ? -1 : head.offset(), now);
      cursor.isBehind = cursor.lag() > 0;
    }
  }

  private void standAt(Map<Integer, Long> positions) {
    forming.clear();
    for (var cursor : cursors.values()) {
      cursor.next = positions.getOrDefault(cursor.shard, cursor.applied);
      cursor.applied = cursor.next;
      cursor.inForming = 0;
      cursor.held.clear();
      cursor.isBehind = true;
      behind.add(cursor);
    }
  }

  @Override
  public void gone() {
    close();
  }

  // -- Inside.

  private static void committed(ShardProgress cursor, long next, long hlc, long nowNanos) {
    cursor.applied = next;
    if (hlc != 0) {
      cursor.hlc = hlc;
    }
    cursor.head = Math.max(cursor.head, next - 1);
    cursor.behindSinceNanos = cursor.applied > cursor.head ? 0 : nowNanos;
  }

  private void take(ShardProgress cursor, LogRow row) {
    forming.add(row);
    cursor.prints.took(row);
    cursor.inForming++;
    cursor.next++;
    cursor.head(row.offset(), threads.nanoTime());
  }

  private void takeHeld(ShardProgress cursor) {
    while (!cursor.held.isEmpty() && cursor.held.first() <= cursor.next) {
      var first = cursor.held.poll();
      if (first != null && first.offset() == cursor.next) {
        take(cursor, first);
      }
    }
  }

  private void fallBehind(ShardProgress cursor) {
    cursor.isBehind = true;
    behind.add(cursor);
    counts.gap();
  }

  /** Goes on with the rows that came from Kafka meanwhile, if they begin where the shard is. */
  private void meet(ShardProgress cursor, boolean atEnd) {
    cursor.held.dropIf(offset -> offset < cursor.next);
    var meets = cursor.held.isEmpty() ? atEnd : cursor.held.first() == cursor.next;
    if (meets) {
      takeHeld(cursor);
    }
    cursor.isBehind = !meets || !cursor.held.isEmpty();
    if (cursor.isBehind) {
      behind.add(cursor);
    } else {
      cursor.hasFollowed = true;
      behind.remove(cursor);
    }
  }

  /**
   * Each turn ends here: a row or a request that was taken in, or a mail. The worker is given the
   * next thing to do, if it has nothing to do and there is one.
   */
  @Override
  public void endTurn() {
    var current = worker;
    if (busy || closed || current == null || !started) {
      return;
    }
    if (!requests.isEmpty()) {
      var request = requests.iterator().next();
      requests.remove(request);
      busy = true;
      current.retry(request);
      return;
    }
    var other = differing;
    if (other != null) {
      differing = null;
      busy = true;
      current.compare(other);
      return;
    }
    if (toCompare) {
      toCompare = false;
      busy = true;
      current.compare();
      return;
    }
    if (full) {
      return;
    }
    var candidate = lastWasCatchUp && !forming.isEmpty() ? null : nextBehind();
    if (candidate != null) {
      lastWasCatchUp = true;
      busy = true;
      current.catchUp(candidate.shard, candidate.next, !candidate.hasFollowed);
    } else if (!forming.isEmpty()) {
      lastWasCatchUp = false;
      busy = true;
      current.apply(nextBatch());
    }
  }

  /** A shard whose rows were all committed that came before the gap. */
  private @Nullable ShardProgress nextBehind() {
    for (var cursor : behind) {
      if (cursor.inForming == 0 && !cursor.isStalled && !cursor.isLost) {
        return cursor;
      }
    }
    return null;
  }

  private List<LogRow> nextBatch() {
    var batch = forming.take(limits.maxBatchRows());
    for (var row : batch) {
      var cursor = cursors.get(row.shard());
      if (cursor != null) {
        cursor.inForming--;
      }
    }
    return batch;
  }

  // -- For metrics; read by another thread, which may see a value that is a moment old.

  @Override
  public long lagCommits() {
    return cursors.values().stream().mapToLong(ShardProgress::lag).sum();
  }

  @Override
  public double lagSeconds() {
    var nanos = threads.nanoTime();
    var millis = threads.nowMicros() / 1_000;
    return cursors.values().stream()
        .mapToDouble(cursor -> cursor.lagSeconds(nanos, millis))
        .max()
        .orElse(0);
  }

  @Override
  public int parkedRows() {
    var current = worker;
    return current == null ? 0 : current.parkedRows();
  }

  @Override
  public int shardsBehind() {
    return (int) cursors.values().stream().filter(c -> c.isBehind && !c.isLost).count();
  }

  @Override
  public int shardsLost() {
    return (int) cursors.values().stream().filter(cursor -> cursor.isLost).count();
  }

  /** Does nothing more; its thread is left to the caller, who may have several to end at once. */
  public Optional<Worker<?>> stop() {
    closed = true;
    forming.clear();
    return Optional.ofNullable(worker).map(VersionWorker::thread);
  }

  @Override
  public void close() {
    Worker.closeAll(stop().stream().toList());
  }
}
