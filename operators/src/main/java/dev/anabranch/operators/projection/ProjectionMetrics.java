package dev.anabranch.operators.projection;

import dev.anabranch.operators.projection.version.LaneGauges;
import dev.anabranch.operators.projection.version.ProjectionCounts;
import dev.anabranch.operators.projection.version.ViewPlace;
import dev.anabranch.query.VersionId;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * {@link ProjectionCounts} as Flink metrics, in the group {@code
 * anabranch.projection.NAME.version.N} of the operator.
 */
final class ProjectionMetrics implements ProjectionCounts {

  private static final int HISTOGRAM_WINDOW = 1_000;

  private final MetricGroup group;
  private final Counter rowsApplied;
  private final Counter rowsFromStore;
  private final Counter rowsRepeated;
  private final Counter rowsDiffering;
  private final Counter tableRowsChanged;
  private final Counter gaps;
  private final Counter partitionsMadeAnew;
  private final Counter partitionsCutShort;
  private final Counter recordsExpired;
  private final Histogram batchRows;
  private final Histogram applyMicros;

  ProjectionMetrics(MetricGroup operator, VersionId version) {
    group =
        operator
            .addGroup("anabranch")
            .addGroup("projection", version.projection())
            .addGroup("version", Integer.toString(version.version()));
    rowsApplied = group.counter("rowsApplied", new ThreadSafeSimpleCounter());
    rowsFromStore = group.counter("rowsFromStore", new ThreadSafeSimpleCounter());
    rowsRepeated = group.counter("rowsRepeated", new ThreadSafeSimpleCounter());
    rowsDiffering = group.counter("rowsDiffering", new ThreadSafeSimpleCounter());
    tableRowsChanged = group.counter("tableRowsChanged", new ThreadSafeSimpleCounter());
    gaps = group.counter("gaps", new ThreadSafeSimpleCounter());
    partitionsMadeAnew = group.counter("partitionsMadeAnew", new ThreadSafeSimpleCounter());
    partitionsCutShort = group.counter("partitionsCutShort", new ThreadSafeSimpleCounter());
    recordsExpired = group.counter("recordsExpired", new ThreadSafeSimpleCounter());
    batchRows = group.histogram("batchRows", histogram());
    applyMicros = group.histogram("applyMicros", histogram());
  }

  /** Gauges over all lanes of the version. */
  void register(List<? extends LaneGauges> lanes) {
    gauge("lagCommits", lanes, LaneGauges::lagCommits);
    gauge("parkedRows", lanes, LaneGauges::parkedRows);
    gauge("shardsBehind", lanes, LaneGauges::shardsBehind);
    gauge("shardsLost", lanes, LaneGauges::shardsLost);
    ToDoubleFunction<LaneGauges> seconds = LaneGauges::lagSeconds;
    group.gauge(
        "lagSeconds", (Gauge<Double>) () -> lanes.stream().mapToDouble(seconds).max().orElse(0));
  }

  private void gauge(
      String name, List<? extends LaneGauges> lanes, ToLongFunction<LaneGauges> value) {
    group.gauge(name, (Gauge<Long>) () -> lanes.stream().mapToLong(value).sum());
  }

  @Override
  public void applied(int rows, int changed, long nanos) {
    rowsApplied.inc(rows);
    tableRowsChanged.inc(changed);
    batchRows.update(rows);
    applyMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  @Override
  public void caughtUp(long rows) {
    rowsFromStore.inc(rows);
  }

  @Override
  public void repeated() {
    rowsRepeated.inc();
  }

  @Override
  public void differs() {
    rowsDiffering.inc();
  }

  @Override
  public void gap() {
    gaps.inc();
  }

  @Override
  public void moved(ViewPlace place) {
    switch (place.change()) {
      case MADE_ANEW -> partitionsMadeAnew.inc();
      case CUT_SHORT -> partitionsCutShort.inc();
      case EXPIRED -> recordsExpired.inc(place.passedOver());
      case NONE -> {
        // Nothing to count.
      }
    }
  }

  private static Histogram histogram() {
    return new DescriptiveStatisticsHistogram(HISTOGRAM_WINDOW);
  }
}
