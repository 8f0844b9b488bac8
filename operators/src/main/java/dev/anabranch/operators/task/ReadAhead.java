package dev.anabranch.operators.task;

/**
 * What a thread beside the task has read and the task has not taken yet: so many pages, then the
 * thread waits.
 *
 * <p><b>Threads.</b> One acquires, the task's thread releases.
 */
public final class ReadAhead {

  /** Rows of a page of a log. */
  public static final int PAGE_ROWS = 1_000;

  /** Bytes of a page's blobs, unless one row has more. */
  public static final long PAGE_BYTES = 4 << 20;

  /** Whoever raises the signal ends the wait; this is for a signal that was missed. */
  private static final long LOOK_NANOS = 1_000_000_000;

  private final TaskThreads.Signal signal;
  private int free;

  public ReadAhead(TaskThreads threads, int pages) {
    this.signal = threads.signal();
    this.free = pages;
  }

  /** Waits until there is room for another page. */
  public void acquire() throws InterruptedException {
    while (!take()) {
      signal.await(LOOK_NANOS);
    }
  }

  /** The task has taken a page, or there was none. */
  public void release() {
    synchronized (this) {
      free++;
    }
    signal.raise();
  }

  private synchronized boolean take() {
    if (free == 0) {
      return false;
    }
    free--;
    return true;
  }
}
