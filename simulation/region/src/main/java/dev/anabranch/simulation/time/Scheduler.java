package dev.anabranch.simulation.time;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Runs threads in lock-step: exactly one runs at any moment, and hands over where it waits, begins,
 * ends or says so. A seed picks the next one among those that can run. Virtual time passes a little
 * with each handover, and jumps when nobody can run.
 *
 * <p><b>Bounds.</b> A run of more than {@link #MAX_TURNS} turns, or one in which everybody waits
 * for ever, fails.
 *
 * <p><b>Threads.</b> Whoever runs may call; the carriers of ended threads are used again.
 */
public final class Scheduler {

  static final long MAX_TURNS = 3_000_000;

  /** Handing over takes up to so much of the virtual time. */
  private static final int STEP_NANOS = 20_000;

  private static final ExecutorService CARRIERS =
      Executors.newCachedThreadPool(
          work -> {
            var thread = new Thread(work, "simulation");
            thread.setDaemon(true);
            return thread;
          });

  private final SplittableRandom random;
  private final List<Strand> strands = new ArrayList<>();
  private final List<Strand> ready = new ArrayList<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::number));
  private final CountDownLatch over = new CountDownLatch(1);

  private @Nullable Strand running;
  private long nanos;
  private long timersMade;
  private long turns;
  private long switches;
  private boolean isStopping;
  private @Nullable Throwable problem;

  public Scheduler(SplittableRandom random) {
    this.random = random;
  }

  /** Virtual time since the run began. */
  public long nanos() {
    return nanos;
  }

  /** Handovers from one thread to another. */
  public long switches() {
    return switches;
  }

  /** Does something at a time that is to come. It must not wait. */
  public void at(long whenNanos, Runnable action) {
    timers.add(new Timer(Math.max(whenNanos, nanos), timersMade++, action));
  }

  public void after(long delayNanos, Runnable action) {
    at(nanos + delayNanos, action);
  }

  /** Runs until {@link #stop}; what went wrong in the simulation itself is thrown. */
  public void run() throws InterruptedException {
    handOver();
    over.await();
    if (problem != null) {
      throw new IllegalStateException(
          "the simulation failed at " + nanos / 1_000_000 + " ms: " + problem, problem);
    }
  }

  /** Ends the run: all threads end where they are. */
  public void stop() {
    isStopping = true;
    timers.clear();
    strands.forEach(strand -> strand.machine().kill());
  }

  /** Lets others run. */
  public void yield() {
    var me = running();
    nanos += random.nextInt(STEP_NANOS);
    pause(me);
  }

  /** Lets others run, sometimes. */
  public void maybeYield() {
    if (random.nextInt(4) == 0) {
      this.yield();
    }
  }

  /** Waits, and no interruption ends it. */
  public void sleep(long duration) {
    var me = running();
    me.waits(null, nanos + duration);
    pause(me);
  }

  void await(VirtualSignal signal, long duration) throws InterruptedException {
    var me = running();
    me.throwIfInterrupted();
    if (!signal.isRaised()) {
      var until = nanos + Math.max(0, duration);
      me.waits(signal, until < 0 ? Long.MAX_VALUE : until);
    }
    pause(me);
    me.throwIfInterrupted();
  }

  /** The machine of the thread that runs. */
  public SimulatedMachine machine() {
    return running().machine();
  }

  /** Ends the thread if its machine is gone. */
  public void requireAlive() {
    if (machine().isDead()) {
      throw new Killed();
    }
  }

  Strand start(String name, SimulatedMachine machine, Runnable body) {
    var strand = new Strand(name, machine, this);
    strands.add(strand);
    CARRIERS.execute(
        () -> {
          strand.stop();
          try {
            if (!machine.isDead()) {
              body.run();
            }
          } catch (Killed dead) {
            // As if it had never gone on.
          } catch (Throwable e) {
            fail(e);
          } finally {
            strand.done();
            strands.remove(strand);
            handOver();
          }
        });
    return strand;
  }

  /** Starts a thread on a machine. */
  public void startOn(SimulatedMachine machine, String name, Runnable body) {
    var unused = start(name, machine, body);
  }

  Strand running() {
    var strand = running;
    if (strand == null) {
      throw new IllegalStateException("only a thread of the simulation may wait");
    }
    return strand;
  }

  private void pause(Strand me) {
    var next = next();
    if (next != null && next != me) {
      switches++;
      running = next;
      next.go();
      me.stop();
    }
    me.waitsNoMore();
    if (me.machine().isDead()) {
      throw new Killed();
    }
  }

  private void handOver() {
    var next = next();
    if (next == null) {
      over.countDown();
    } else {
      running = next;
      next.go();
    }
  }

  /** The next one to run; null: all have ended. */
  private @Nullable Strand next() {
    turns++;
    while (true) {
      if (turns > MAX_TURNS && !isStopping) {
        fail(new IllegalStateException("no end after " + turns + " turns"));
      }
      runDueTimers();
      ready.clear();
      for (var strand : strands) {
        if (strand.isReady(nanos)) {
          ready.add(strand);
        }
      }
      if (!ready.isEmpty()) {
        return ready.get(random.nextInt(ready.size()));
      }
      if (isStopping && strands.isEmpty()) {
        return null;
      }
      advance();
    }
  }

  private void runDueTimers() {
    for (var first = timers.peek();
        first != null && first.at <= nanos && !isStopping;
        first = timers.peek()) {
      timers.remove();
      try {
        first.action.run();
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  private void advance() {
    var first = timers.peek();
    var until = first == null ? Long.MAX_VALUE : first.at;
    for (var strand : strands) {
      until = Math.min(until, strand.wakeAt());
    }
    if (until == Long.MAX_VALUE) {
      fail(new IllegalStateException("everybody waits for ever: " + names()));
    } else {
      nanos = Math.max(nanos, until);
    }
  }

  private List<String> names() {
    return strands.stream().map(Strand::name).toList();
  }

  private void fail(Throwable e) {
    if (problem == null) {
      problem = e;
    }
    stop();
  }

  private record Timer(long at, long number, Runnable action) {}
}
