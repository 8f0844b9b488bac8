package dev.anabranch.operators.replication;

import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.replication.replica.ReplicationCounts;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** {@link ReplicationCounts} as Flink metrics, in the group {@code anabranch} of the operator. */
final class ReplicationMetrics implements ReplicationCounts {

  private final Map<String, Region> regions = new ConcurrentHashMap<>();
  private final MetricGroup group;
  private final Counter refused;
  private final Counter releasedAgain;
  private final Counter holdsLasting;
  private final Counter requested;
  private final Counter ownCommitsDiffer;
  private final Counter commitsDiffer;
  private final Counter behindOwnPast;
  private final Counter problems;
  private final Counter filledAggregates;
  private final Counter filledCommits;

  /** What is shown of one region's topic. */
  private static final class Region {
    final Counter in;
    final Counter released;
    final Counter duplicates;
    final AtomicInteger held = new AtomicInteger();

    /** Age of the last commit when it was read; the region may be silent since. */
    final AtomicLong lastDelayMillis = new AtomicLong();

    final AtomicLong lastReadMillis = new AtomicLong();

    final Counter aheadOfClock;
    final Counter ofUnnamedRegions;
    final AtomicLong lastAheadMillis = new AtomicLong();

    Region(MetricGroup parent, String name) {
      var group = parent.addGroup("region", name);
      in = group.counter("rowsIn");
      released = group.counter("commitsReleased");
      duplicates = group.counter("commitsRepeated");
      aheadOfClock = group.counter("commitsAheadOfClock");
      ofUnnamedRegions = group.counter("commitsOfUnnamedRegions");
      group.gauge("lastAheadOfClockMillis", lastAheadMillis::get);
      group.gauge("commitsHeld", held::get);
      group.gauge("delayMillis", lastDelayMillis::get);
      group.gauge("lastReadMillis", lastReadMillis::get);
    }
  }

  ReplicationMetrics(
      MetricGroup operator,
      List<String> regions,
      HoldTimes holds,
      PendingDeliveries handedOver,
      OpenConflicts open) {
    group = operator.addGroup("anabranch");
    refused = group.counter("commitsRefused");
    releasedAgain = group.counter("commitsReleasedAgain");
    group.gauge("aggregatesNotInLog", handedOver::size);
    holdsLasting = group.counter("holdsLasting");
    requested = group.counter("republishRequestsOut");
    ownCommitsDiffer = group.counter("ownCommitsDiffer");
    commitsDiffer = group.counter("commitsDiffer");
    behindOwnPast = group.counter("behindOwnPast");
    problems = group.counter("aggregateProblems");
    filledAggregates = group.counter("aggregatesFilled");
    filledCommits = group.counter("commitsFilled");
    group.gauge("commitsHeld", holds::count);
    group.gauge(
        "oldestHeldMillis",
        () -> holds.oldestMillis() == 0 ? 0L : System.currentTimeMillis() - holds.oldestMillis());
    group.gauge("conflictsOpen", open::count);
    regions.forEach(this::of);
  }

  /** What is decoded on the heap. */
  void cached(ReplicaState state) {
    group.gauge("cachedAggregates", state::cachedAggregates);
    group.gauge("cachedBytes", state::cachedBytes);
  }

  @Override
  public void in(String region, long occurredAtMicros) {
    var counters = of(region);
    counters.in.inc();
    var now = System.currentTimeMillis();
    counters.lastReadMillis.set(now);
    counters.lastDelayMillis.set(Math.max(0, now - occurredAtMicros / 1_000));
  }

  @Override
  public void released(String region) {
    of(region).released.inc();
  }

  @Override
  public void duplicate(String region) {
    of(region).duplicates.inc();
  }

  @Override
  public void held(String region, int change) {
    of(region).held.addAndGet(change);
  }

  @Override
  public void releasedAgain() {
    releasedAgain.inc();
  }

  @Override
  public void refused(String region) {
    refused.inc();
  }

  @Override
  public void aheadOfClock(String region, long aheadMillis) {
    of(region).aheadOfClock.inc();
    of(region).lastAheadMillis.set(aheadMillis);
  }

  @Override
  public void ofUnnamedRegion(String region) {
    of(region).ofUnnamedRegions.inc();
  }

  @Override
  public void holdLasts() {
    holdsLasting.inc();
  }

  @Override
  public void requested() {
    requested.inc();
  }

  @Override
  public void ownCommitDiffers() {
    ownCommitsDiffer.inc();
  }

  @Override
  public void commitDiffers() {
    commitsDiffer.inc();
  }

  @Override
  public void behindOwnPast() {
    behindOwnPast.inc();
  }

  @Override
  public void problem() {
    problems.inc();
  }

  @Override
  public void filled(int commits) {
    filledAggregates.inc();
    filledCommits.inc(commits);
  }

  private Region of(String region) {
    return regions.computeIfAbsent(region, name -> new Region(group, name));
  }
}
