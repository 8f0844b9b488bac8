package dev.anabranch.operators.projection.version;

import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskThreads;
import java.util.concurrent.TimeUnit;

/**
 * Holds a rebuild to so many rows per second, until readers see what is rebuilt. What follows is
 * not held up: its pace is that of the log.
 *
 * <p><b>Threads.</b> One that works, and any that says that the rebuild has ended.
 */
public final class RebuildPace {

  /** After a switch nobody waits longer than this for a pause that was begun before. */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final TaskThreads threads;
  private volatile double rowsPerSecond;

  /**
   * @param rowsPerSecond infinite: as fast as it goes
   */
  public RebuildPace(double rowsPerSecond, TaskThreads threads) {
    this.threads = threads;
    this.rowsPerSecond = rowsPerSecond;
  }

  /** From now on there is no limit; a pause that is under way ends. Any thread. */
  public void end() {
    rowsPerSecond = Double.POSITIVE_INFINITY;
  }

  /**
   * Pauses for what is left of the time that these rows may take.
   *
   * @param nanos that they took
   */
  public void pause(int rows, long nanos, Reconnecting<?> until) throws InterruptedException {
    var begin = threads.nanoTime() - nanos;
    var left = left(rows, begin);
    while (left > 0) {
      until.pause(Math.min(left, SLICE_NANOS));
      left = left(rows, begin);
    }
  }

  private long left(int rows, long begin) {
    return (long) (rows / rowsPerSecond * 1e9) - (threads.nanoTime() - begin);
  }
}
