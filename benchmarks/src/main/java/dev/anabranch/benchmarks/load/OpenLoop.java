package dev.anabranch.benchmarks.load;

import dev.anabranch.benchmarks.measure.IncorrectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Commands at a fixed rate, whatever becomes of them. Latency counts from the moment at which a
 * command should have been sent: a stall is charged to every command that it delays, also to those
 * that the sender could not send in time.
 */
public final class OpenLoop implements Load {

  /** In a first round much is left for the compiler, and the backlog is more than a minute's. */
  private static final long DRAIN_SECONDS = 300;

  private final Target target;
  private final double perSecond;
  private final Outcomes outcomes = new Outcomes();
  private final AtomicLong underWay = new AtomicLong();
  private final Thread sender = new Thread(this::send, "load-sender");
  private volatile boolean stopping;
  private volatile @Nullable Throwable failure;

  public OpenLoop(Target target, double perSecond) {
    this.target = target;
    this.perSecond = perSecond;
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
    sender.join();
    requireNoFailure();
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
    while (underWay.get() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IncorrectException(underWay.get() + " commands have no outcome");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private void send() {
    try {
      var start = System.nanoTime();
      for (var sent = 0L; !stopping; sent++) {
        var intended = start + (long) (sent * 1e9 / perSecond);
        for (var early = intended - System.nanoTime(); early > 0; ) {
          LockSupport.parkNanos(early);
          early = intended - System.nanoTime();
        }
        submit(target.next(), intended);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private void submit(Request request, long intendedNanos) {
    request.startNanos = intendedNanos;
    underWay.incrementAndGet();
    var unused =
        request.whenComplete(
            (accepted, problem) -> {
              outcomes.ended(request, problem == null && accepted);
              underWay.decrementAndGet();
            });
    target.submit(request);
  }

  private void requireNoFailure() {
    if (failure != null) {
      throw new IllegalStateException("the load generator failed", failure);
    }
  }
}
