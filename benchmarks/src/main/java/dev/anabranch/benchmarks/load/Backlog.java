package dev.anabranch.benchmarks.load;

import dev.anabranch.benchmarks.measure.CpuWindow;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Watches a job work off a fixed number of records, and measures its middle part. */
public final class Backlog {

  private static final double WINDOW_START = 0.3;
  private static final double WINDOW_END = 0.9;
  private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final Duration POLL = Duration.ofMillis(50);

  /** How many records have come out. */
  public interface Progress {
    long done() throws Exception;
  }

  private final int total;
  private final Progress progress;
  private final long deadline = System.nanoTime() + TIMEOUT_NANOS;

  public Backlog(int total, Progress progress) {
    this.total = total;
    this.progress = progress;
  }

  /** Returns when all records have come out. */
  public Measurement measure(Map<String, Long> processes, Recording recording) throws Exception {
    var startCount = await((long) (total * WINDOW_START));
    recording.start();
    var cpu = CpuWindow.begin(processes);
    var endCount = await((long) (total * WINDOW_END));
    var used = cpu.end();
    recording.stop();
    await(total);
    return Measurement.of(endCount - startCount, used, null, Map.of());
  }

  private long await(long count) throws Exception {
    while (true) {
      var done = progress.done();
      if (done > total) {
        throw new IncorrectException(done + " records of " + total + " came out");
      }
      if (done >= count) {
        return done;
      }
      if (System.nanoTime() > deadline) {
        throw new IncorrectException("only " + done + " records of " + total + " came out");
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }
}
