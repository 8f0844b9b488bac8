package dev.anabranch.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;

/** Counts what requests end with, and how long they took. Any thread. */
public final class Outcomes {

  private static final long LATENCY_MAX_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Recorder latencies = new Recorder(LATENCY_MAX_NANOS, 3);
  private final LongAdder accepted = new LongAdder();
  private final LongAdder others = new LongAdder();

  void ended(Request request, boolean isAccepted) {
    if (isAccepted) {
      accepted.increment();
      latencies.recordValue(Math.min(LATENCY_MAX_NANOS, System.nanoTime() - request.startNanos));
    } else {
      others.increment();
    }
  }

  public long accepted() {
    return accepted.sum();
  }

  /** Rejected, failed, or timed out. */
  long others() {
    return others.sum();
  }

  void forgetLatencies() {
    latencies.getIntervalHistogram();
  }

  /** Percentiles since the last call of this or {@link #forgetLatencies}. */
  Map<String, Double> latencyMillis() {
    var histogram = latencies.getIntervalHistogram();
    var millis = new LinkedHashMap<String, Double>();
    millis.put("p50", histogram.getValueAtPercentile(50) / 1e6);
    millis.put("p99", histogram.getValueAtPercentile(99) / 1e6);
    millis.put("p99.9", histogram.getValueAtPercentile(99.9) / 1e6);
    millis.put("max", histogram.getMaxValue() / 1e6);
    return millis;
  }
}
