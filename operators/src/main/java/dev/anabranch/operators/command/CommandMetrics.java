package dev.anabranch.operators.command;

import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.aggregate.AggregateCache;
import dev.anabranch.operators.command.lane.Lanes;
import dev.anabranch.operators.command.lane.ShardCursors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** {@link CommandCounts} as Flink metrics, in the group {@code anabranch} of the operator. */
final class CommandMetrics implements CommandCounts {

  private static final int HISTOGRAM_WINDOW = 1_000;

  private final Counter commandsIn;
  private final Counter accepted;
  private final Counter rejected;
  private final Counter unchanged;
  private final Counter errors;
  private final Counter repeated;
  private final Counter fenced;
  private final Counter tailRows;
  private final Counter remoteIn;
  private final Counter remoteHeld;
  private final Counter remoteRefused;
  private final Counter remoteRepeated;
  private final Counter remoteUnnamed;
  private final AtomicInteger shardsUnchecked = new AtomicInteger();
  private final Histogram batchRows;
  private final Histogram appendMicros;

  CommandMetrics(
      MetricGroup operator, Lanes lanes, AggregateCache aggregates, HeldAggregates held) {
    var group = operator.addGroup("anabranch");
    commandsIn = group.counter("commandsIn", new ThreadSafeSimpleCounter());
    accepted = group.counter("commandsAccepted", new ThreadSafeSimpleCounter());
    rejected = group.counter("commandsRejected", new ThreadSafeSimpleCounter());
    unchanged = group.counter("commandsUnchanged", new ThreadSafeSimpleCounter());
    errors = group.counter("commandErrors", new ThreadSafeSimpleCounter());
    repeated = group.counter("commandsRepeated", new ThreadSafeSimpleCounter());
    fenced = group.counter("appendsFenced", new ThreadSafeSimpleCounter());
    tailRows = group.counter("tailRowsRead", new ThreadSafeSimpleCounter());
    remoteIn = group.counter("remoteCommitsIn", new ThreadSafeSimpleCounter());
    remoteHeld = group.counter("remoteCommitsHeld", new ThreadSafeSimpleCounter());
    remoteRefused = group.counter("remoteCommitsRefused", new ThreadSafeSimpleCounter());
    remoteRepeated = group.counter("remoteCommitsRepeated", new ThreadSafeSimpleCounter());
    remoteUnnamed = group.counter("remoteCommitsOfUnnamedRegions", new ThreadSafeSimpleCounter());
    batchRows = group.histogram("appendRows", histogram());
    appendMicros = group.histogram("appendMicros", histogram());
    group.gauge("commandsPending", lanes::pending);
    group.gauge("lanesDown", lanes::down);
    group.gauge("lanesDownLong", lanes::downLong);
    group.gauge("shardsUnchecked", shardsUnchecked::get);
    group.gauge("cachedAggregates", aggregates::size);
    group.gauge("cachedBytes", aggregates::bytes);
    group.gauge("remoteBytesHeld", held::bytes);
    group.gauge("cacheHits", aggregates::hits);
    group.gauge("cacheMisses", aggregates::misses);
  }

  /** One gauge per owned shard; call it when the shards are known. */
  static void registerShards(MetricGroup operator, ShardCursors cursors) {
    for (var cursor : cursors.all()) {
      operator
          .addGroup("anabranch")
          .addGroup("shard", Integer.toString(cursor.shard()))
          .gauge("nextOffset", cursor::nextOffset);
    }
  }

  /** Shards whose published rows could not be compared with the store at the start. Any thread. */
  void shardsUnchecked(int more) {
    shardsUnchecked.addAndGet(more);
  }

  @Override
  public void commandIn() {
    commandsIn.inc();
  }

  @Override
  public void outcome(RowKind kind) {
    switch (kind) {
      case REJECTED -> rejected.inc();
      case UNCHANGED -> unchanged.inc();
      default -> accepted.inc();
    }
  }

  @Override
  public void repeated() {
    repeated.inc();
  }

  @Override
  public void unbacked(ReplyStatus status) {
    (status == ReplyStatus.ERROR ? errors : rejected).inc();
  }

  @Override
  public void appended(int rows, long nanos) {
    batchRows.update(rows);
    appendMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  @Override
  public void fenced() {
    fenced.inc();
  }

  @Override
  public void tailRows(int rows) {
    tailRows.inc(rows);
  }

  @Override
  public void remoteIn() {
    remoteIn.inc();
  }

  @Override
  public void remoteHeld() {
    remoteHeld.inc();
  }

  @Override
  public void remoteRefused() {
    remoteRefused.inc();
  }

  @Override
  public void remoteRepeated() {
    remoteRepeated.inc();
  }

  @Override
  public void remoteUnnamed() {
    remoteUnnamed.inc();
  }

  private static Histogram histogram() {
    return new DescriptiveStatisticsHistogram(HISTOGRAM_WINDOW);
  }
}
