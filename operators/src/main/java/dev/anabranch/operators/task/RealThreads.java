package dev.anabranch.operators.task;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The machine's own. Threads are daemons: none keeps a TaskManager alive. */
enum RealThreads implements TaskThreads {
  INSTANCE;

  @Override
  public Running start(String name, Runnable body) {
    var thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
    return new RealThread(thread);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long nowMicros() {
    var now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  @Override
  public long newId() {
    var random = new SecureRandom();
    var id = random.nextLong();
    while (id == 0) {
      id = random.nextLong();
    }
    return id;
  }

  @Override
  public Signal signal() {
    return new RealSignal();
  }

  private record RealThread(Thread thread) implements Running {

    @Override
    public void interrupt() {
      thread.interrupt();
    }

    @Override
    public void join(long nanos) throws InterruptedException {
      // Thread.join(0) would wait for ever.
      thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    }
  }

  /** A semaphore with one permit at most, or a few if two threads raise it at once. */
  private static final class RealSignal implements Signal {

    private final Semaphore raised = new Semaphore(0);

    @Override
    public void await(long nanos) throws InterruptedException {
      if (raised.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
        raised.drainPermits();
      }
    }

    @Override
    public void raise() {
      if (raised.availablePermits() == 0) {
        raised.release();
      }
    }
  }
}
