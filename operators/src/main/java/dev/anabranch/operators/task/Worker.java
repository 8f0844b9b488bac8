package dev.anabranch.operators.task;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A thread beside the task's that does requests in order, and may wait for a database meanwhile. It
 * answers through the task's mailbox.
 *
 * <p><b>Failure.</b> What the work throws fails the task; waiting for what is out of reach is the
 * work's own. {@link #close} makes a call that is under way end, and drops what waits.
 *
 * <p><b>Bounds.</b> So many requests wait as the worker was made for. {@link #close} waits {@link
 * #CLOSE_TIMEOUT} for the thread.
 *
 * <p><b>Threads.</b> {@link #submit}, {@link #offer} and {@link #close} by any; {@link #next},
 * {@link #pause}, {@link #requireOpen} and {@link #end} by the work.
 */
public final class Worker<R> implements AutoCloseable {

  /** For servers that end a session that says nothing for long. */
  public static final Duration IDLE_PING = Duration.ofSeconds(5);

  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final TaskThreads threads;
  private final TaskMailbox mailbox;
  private final Settings settings;
  private final TaskThreads.Signal signal;

  /** Guarded by itself. */
  private final Queue<R> requests = new ArrayDeque<>();

  private volatile @Nullable Work<R> work;
  private volatile boolean closed;
  private volatile boolean ended;
  private volatile TaskThreads.@Nullable Running thread;

  /**
   * How a worker is to be.
   *
   * @param capacity how many requests may wait
   * @param idle after so long without a request, {@link Work#idle} is called
   */
  public record Settings(int capacity, Duration idle) {

    /** Whoever submits bounds what it submits. */
    public static Settings unbounded() {
      return new Settings(Integer.MAX_VALUE, IDLE_PING);
    }

    /** Nobody submits: the work is done again after each interval. */
    public static Settings every(Duration interval) {
      return new Settings(0, interval);
    }
  }

  /**
   * What the thread does.
   *
   * <p><b>Threads.</b> The worker's, but for {@link #abandon}.
   */
  public interface Work<R> {

    /** Comes first. */
    default void begin() throws InterruptedException {}

    void perform(R request) throws InterruptedException;

    /** There was no request for a while. */
    default void idle() throws InterruptedException {}

    /** Makes what is under way end soon. Any thread. */
    default void abandon() {}

    /** Comes last. */
    default void close() {}

    /** What the task is to fail with. */
    default RuntimeException explain(RuntimeException e) {
      return e;
    }
  }

  public Worker(String name, TaskThreads threads, TaskMailbox mailbox, Settings settings) {
    this.name = name;
    this.threads = threads;
    this.mailbox = mailbox;
    this.settings = settings;
    this.signal = threads.signal();
  }

  /** Starts the thread; requests may have come before. */
  public void start(Work<R> newWork) {
    work = newWork;
    thread = threads.start(name, () -> run(newWork));
  }

  /** Adds a request that there has to be room for. */
  public void submit(R request) {
    if (!offer(request)) {
      throw new IllegalStateException(
          name + " has " + settings.capacity() + " requests, which is all that it may have");
    }
  }

  /** Adds a request, if there is room for one more. */
  public boolean offer(R request) {
    synchronized (requests) {
      if (requests.size() >= settings.capacity()) {
        return false;
      }
      requests.add(request);
    }
    signal.raise();
    return true;
  }

  /** Adds a request unless it waits already, or there is no room for it: it will be made again. */
  public void offerOnce(R request) {
    boolean waits;
    synchronized (requests) {
      waits = requests.contains(request);
    }
    if (!waits) {
      var unused = offer(request);
    }
  }

  /** Whether a request waits. */
  public boolean hasNext() {
    synchronized (requests) {
      return !requests.isEmpty();
    }
  }

  /** Takes the next request out of turn, if there is one and it is such a one. */
  public @Nullable R next(Predicate<R> wanted) {
    synchronized (requests) {
      var first = requests.peek();
      return first != null && wanted.test(first) ? requests.poll() : null;
    }
  }

  /** Waits so long, or until the end. */
  public void pause(long nanos) throws InterruptedException {
    var until = threads.nanoTime() + nanos;
    for (var left = nanos; left > 0; left = until - threads.nanoTime()) {
      requireOpen();
      signal.await(left);
    }
    requireOpen();
    // What came meanwhile has raised the signal in vain.
    signal.raise();
  }

  /** No further request is done. */
  public void end() {
    ended = true;
  }

  /** Lets the thread end, without waiting for it. */
  public void abandon() {
    closed = true;
    var current = work;
    if (current != null) {
      current.abandon();
    }
    signal.raise();
    var running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public void close() {
    closeAll(List.of(this));
  }

  /** Ends all of them at once, since each may hang for its own while. */
  public static void closeAll(Collection<? extends Worker<?>> workers) {
    workers.forEach(Worker::abandon);
    @Nullable Long deadline = null;
    try {
      for (var worker : workers) {
        var now = worker.threads.nanoTime();
        deadline = deadline == null ? now + CLOSE_TIMEOUT.toNanos() : deadline;
        var running = worker.thread;
        if (running != null) {
          running.join(Math.max(1, deadline - now));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Work<R> todo) {
    try {
      requireOpen();
      todo.begin();
      while (!ended) {
        var request = await();
        if (request == null) {
          todo.idle();
        } else {
          todo.perform(request);
        }
      }
    } catch (InterruptedException closing) {
      // abandon() interrupts; nobody waits for an answer any more
    } catch (RuntimeException e) {
      fail(todo.explain(e));
    } catch (Error e) {
      fail(e);
    } finally {
      todo.close();
    }
  }

  /** The next request; null if none has come for a while. */
  private @Nullable R await() throws InterruptedException {
    var until = threads.nanoTime() + settings.idle().toNanos();
    while (true) {
      requireOpen();
      var request = next(any -> true);
      if (request != null) {
        return request;
      }
      var left = until - threads.nanoTime();
      if (left <= 0) {
        return null;
      }
      signal.await(left);
    }
  }

  /** Ends what is under way if the worker is to end. */
  public void requireOpen() throws InterruptedException {
    if (closed || Thread.currentThread().isInterrupted()) {
      throw new InterruptedException("closing");
    }
  }

  private <E extends Throwable> void fail(E problem) {
    if (!closed) {
      mailbox.post(
          name + " failed",
          () -> {
            if (problem instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) problem;
          });
    }
  }
}
