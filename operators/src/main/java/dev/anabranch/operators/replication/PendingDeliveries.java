package dev.anabranch.operators.replication;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Shards;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The aggregates of which commits were handed to the command job and have not come back in the own
 * log. What lies between may lose them: so each is looked at again after a while, see {@link
 * Replicator#onTimer}.
 *
 * <p><b>Recovery.</b> Kept on the heap; whoever is still here at a checkpoint gets a timer, which
 * is in the checkpoint. Most come back sooner, and cost none.
 *
 * <p><b>Bounds.</b> {@value #MAX} aggregates; those that are here longest get a timer then, and are
 * forgotten. {@value #MAX_ASKED} of them are asked for at a time.
 *
 * <p><b>Threads.</b> The task's thread only; {@link #size} by any.
 */
final class PendingDeliveries {

  static final int MAX = 10_000;
  static final int MAX_ASKED = 1_000;

  /** Asked for though nothing shows that the command job goes on: it may be that nobody writes. */
  static final int MAX_ASKED_ON_SUSPICION = 16;

  private final int shardCount;
  private final long patienceMillis;
  private final Map<AggregateKey, Waiting> waiting = new LinkedHashMap<>();

  /** Asked for and not come back. */
  private final Set<AggregateKey> asked = new HashSet<>();

  /** When the latest commit that has come back was handed over, by shard. */
  private final long[] returnedMillis;

  private volatile int size;

  /** What has to come back of one aggregate. */
  private static final class Waiting {
    private long sinceMillis;

    /** What was handed over at that time. */
    private VectorTime first;

    private VectorTime all;
    private boolean hasTimer;
    private int looks;

    /** Whether payloads have to come back whose tombstones are in the log. */
    private boolean late;

    private long lateSinceMillis;

    Waiting(long sinceMillis, VectorTime first) {
      this.sinceMillis = sinceMillis;
      this.first = first;
      this.all = first;
    }

    private void late(long since) {
      if (!late) {
        late = true;
        lateSinceMillis = since;
      }
    }

    /** Since when it waits for what is missing. */
    private long since(VectorTime inLog) {
      return !late
          ? sinceMillis
          : all.isBeforeOrEqual(inLog) ? lateSinceMillis : Math.min(sinceMillis, lateSinceMillis);
    }
  }

  PendingDeliveries(int shardCount, long patienceMillis) {
    this.shardCount = shardCount;
    this.patienceMillis = patienceMillis;
    this.returnedMillis = new long[shardCount];
  }

  int size() {
    return size;
  }

  /**
   * A commit of another region was handed over.
   *
   * @param isLate whether the log has a tombstone of it
   */
  void add(AggregateKey key, Dot dot, boolean isLate, long nowMillis) {
    var known = waiting.get(key);
    if (known == null) {
      known = new Waiting(nowMillis, VectorTime.ZERO.with(dot.origin(), dot.n()));
      waiting.put(key, known);
      size = waiting.size();
    } else {
      known.all = known.all.with(dot.origin(), Math.max(dot.n(), known.all.get(dot.origin())));
    }
    if (isLate) {
      known.late(nowMillis);
    }
  }

  /** The own log, or the store, has so much of an aggregate. */
  void has(AggregateKey key, VectorTime inLog, long nowMillis) {
    var known = waiting.get(key);
    if (known != null && known.first.isBeforeOrEqual(inLog)) {
      cameBack(key, known, shardOf(key), inLog, nowMillis);
    }
  }

  /**
   * Does what the other does, for an aggregate whose shard is known.
   *
   * @return see {@link #isLate}
   */
  boolean has(AggregateKey key, int shard, VectorTime inLog, long nowMillis) {
    var known = waiting.get(key);
    if (known != null && known.first.isBeforeOrEqual(inLog)) {
      cameBack(key, known, shard, inLog, nowMillis);
    }
    return known != null && known.late;
  }

  private void cameBack(
      AggregateKey key, Waiting known, int shard, VectorTime inLog, long nowMillis) {
    returnedMillis[shard] = Math.max(returnedMillis[shard], known.sinceMillis);
    if (known.all.isBeforeOrEqual(inLog)) {
      if (!known.late) {
        asked.remove(key);
        waiting.remove(key);
        size = waiting.size();
      }
      return;
    }
    if (!known.late) {
      asked.remove(key);
    }
    known.first = known.all;
    known.sinceMillis = nowMillis;
    known.looks = 0;
  }

  /** Whether payloads of it have to come back whose tombstones are in the log. */
  boolean isLate(AggregateKey key) {
    var known = waiting.get(key);
    return known != null && known.late;
  }

  /** The log has all payloads; call {@link #has} then. */
  void noneIsLate(AggregateKey key) {
    var known = waiting.get(key);
    if (known != null) {
      known.late = false;
    }
  }

  /** Whether something is still missing that was handed over long ago. */
  boolean isOverdue(AggregateKey key, VectorTime inLog, long nowMillis) {
    var known = waiting.get(key);
    return known != null
        && (known.late || !known.all.isBeforeOrEqual(inLog))
        && nowMillis - known.since(inLog) >= patienceMillis;
  }

  /**
   * A timer of an aggregate has come.
   *
   * @param applied what was handed over, or came from the own log
   * @param isLate whether payloads have to come back whose tombstones are in the log
   * @return whether it must be looked at again
   */
  boolean look(
      AggregateKey key, VectorTime applied, boolean isLate, VectorTime inLog, long nowMillis) {
    has(key, inLog, nowMillis);
    var known = waiting.get(key);
    if (known != null) {
      known.hasTimer = false;
    } else if (applied.isBeforeOrEqual(inLog) && !isLate) {
      return false;
    } else {
      // It was handed over before the checkpoint that this attempt started from.
      known = new Waiting(nowMillis - patienceMillis, applied);
      waiting.put(key, known);
      size = waiting.size();
    }
    if (isLate) {
      known.late(nowMillis - patienceMillis);
    }
    return true;
  }

  /** How long until the next look, for which a timer is set: longer each time. */
  long nextLookMillis(AggregateKey key) {
    var known = waiting.get(key);
    if (known == null) {
      return patienceMillis;
    }
    known.hasTimer = true;
    return patienceMillis << Math.min(known.looks++, HoldTimes.MAX_DOUBLINGS);
  }

  /**
   * Whether to ask other regions for what the store does not have either. Something of the shard
   * that was handed over later has come back: then it is lost, or held. If nothing comes back the
   * command job is slow, or away, and asking would make it worse: only a few are asked for.
   */
  boolean mayAsk(AggregateKey key) {
    var known = waiting.get(key);
    if (known == null || asked.contains(key)) {
      return known != null;
    }
    if (isSuspect(key, known)) {
      asked.add(key);
      return true;
    }
    return false;
  }

  /**
   * Whether the store is to be looked at for it. Under a command job that is slow every aggregate
   * is overdue, and to read them all would slow it further.
   */
  boolean mayLook(AggregateKey key) {
    var known = waiting.get(key);
    return known != null && (asked.contains(key) || isSuspect(key, known));
  }

  private boolean isSuspect(AggregateKey key, Waiting known) {
    var isPassed = returnedMillis[shardOf(key)] > known.sinceMillis;
    return asked.size() < (isPassed ? MAX_ASKED : MAX_ASKED_ON_SUSPICION);
  }

  /** Whether commits of it that come again are to be handed over again. */
  boolean isAsked(AggregateKey key) {
    return !asked.isEmpty() && asked.contains(key);
  }

  /** Returns the aggregates that have no timer; each is to get one. */
  List<AggregateKey> withoutTimer() {
    var keys = new ArrayList<AggregateKey>();
    waiting.forEach(
        (key, known) -> {
          if (!known.hasTimer) {
            keys.add(key);
          }
        });
    return keys;
  }

  /** Forgets those that are here longest, of more than fit; returns those that have no timer. */
  List<AggregateKey> forgetOldest() {
    var keys = new ArrayList<AggregateKey>();
    for (var entries = waiting.entrySet().iterator(); waiting.size() > MAX; ) {
      var oldest = entries.next();
      if (!oldest.getValue().hasTimer) {
        keys.add(oldest.getKey());
      }
      asked.remove(oldest.getKey());
      entries.remove();
    }
    size = waiting.size();
    return keys;
  }

  private int shardOf(AggregateKey key) {
    return Shards.shardOf(key.toString(), shardCount);
  }
}
