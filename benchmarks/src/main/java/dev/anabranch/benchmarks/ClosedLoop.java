package dev.anabranch.benchmarks;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of commands under way: each that ends makes room for the next one. One thread
 * sends, whoever completes a request only releases a permit.
 */
final class ClosedLoop implements Load {

  private static final long DRAIN_SECONDS = 60;

  private final Target target;
  private final int outstanding;
  private final Semaphore permits;
  private final Outcomes outcomes = new Outcomes();
  private final Thread sender = new Thread(this::send, "load-sender");
  private volatile boolean stopping;
  private volatile @Nullable Throwable failure;

  ClosedLoop(Target target, int outstanding) {
    this.target = target;
    this.outstanding = outstanding;
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
    sender.join(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS));
    requireNoFailure();
    if (!permits.tryAcquire(outstanding, DRAIN_SECONDS, TimeUnit.SECONDS)) {
      throw new IncorrectException(
          (outstanding - permits.availablePermits()) + " commands have no outcome");
    }
  }

  private void send() {
    try {
      while (!stopping) {
        permits.acquire();
        var free = 1 + permits.drainPermits();
        for (var i = 0; i < free; i++) {
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
