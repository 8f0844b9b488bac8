package dev.anabranch.benchmarks.load;

import dev.anabranch.benchmarks.measure.IncorrectException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of commands under way: each that ends makes room for the next one. One thread
 * sends, whoever completes a request only releases a permit.
 */
public final class ClosedLoop implements Load {

  private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(1);

  private final Target target;
  private final int outstanding;
  private final long limit;
  private final Semaphore permits;
  private final Outcomes outcomes = new Outcomes();
  private final Thread sender = new Thread(this::send, "load-sender");
  private volatile boolean stopping;
  private volatile @Nullable Throwable failure;

  public ClosedLoop(Target target, int outstanding) {
    this(target, outstanding, Long.MAX_VALUE);
  }

  /**
   * @param limit commands after which it ends by itself
   */
  public ClosedLoop(Target target, int outstanding, long limit) {
    this.target = target;
    this.outstanding = outstanding;
    this.limit = limit;
    this.permits = new Semaphore(outstanding);
  }

  @Override
  public void start() {
    sender.setDaemon(true);
    sender.start();
  }

  @Override
  public Outcomes outcomes() {
    return outcomes;
  }

  @Override
  public void await(Duration duration) throws InterruptedException {
    sender.join(duration.toMillis());
    requireNoFailure();
    target.requireAlive();
  }

  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    finish(DRAIN_TIMEOUT);
  }

  /** Returns when all commands have an outcome. */
  public void finish(Duration timeout) throws InterruptedException {
    sender.join(timeout.toMillis());
    requireNoFailure();
    if (!permits.tryAcquire(outstanding, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IncorrectException(
          (outstanding - permits.availablePermits()) + " commands have no outcome");
    }
  }

  private void send() {
    try {
      var left = limit;
      while (!stopping && left > 0) {
        permits.acquire();
        var free = 1 + permits.drainPermits();
        for (var i = 0; i < free && left > 0; i++, left--) {
          submit(target.next());
        }
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      failure = e;
    }
  }

  private void submit(Request request) {
    request.startNanos = System.nanoTime();
    var unused =
        request.whenComplete(
            (accepted, problem) -> {
              outcomes.ended(request, problem == null && accepted);
              permits.release();
            });
    target.submit(request);
  }

  private void requireNoFailure() {
    if (failure != null) {
      throw new IllegalStateException("the load generator failed", failure);
    }
  }
}
