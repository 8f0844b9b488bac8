package dev.anabranch.jobs.region;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what can be observed, and says what it waited for if that does not come. */
public final class Await {

  /** Long enough for a loaded machine: only a failing test waits that long. */
  public static final Duration TIMEOUT = Duration.ofSeconds(90);

  private static final Duration POLL = Duration.ofMillis(20);

  private Await() {}

  /** Something that becomes true. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** Returns when the condition holds; an exception of the condition ends the waiting. */
  public static void until(String what, Condition condition) {
    var unused = value(what, () -> condition.holds() ? Optional.of(true) : Optional.empty());
  }

  /** Returns the value when there is one. */
  public static <T> T value(String what, Callable<Optional<T>> source) {
    return valueWithin(TIMEOUT, source)
        .orElseThrow(
            () -> new AssertionError("waited " + TIMEOUT.toSeconds() + " s in vain for " + what));
  }

  /** Returns the value when there is one, or empty when the time is over. */
  static <T> Optional<T> valueWithin(Duration timeout, Callable<Optional<T>> source) {
    var deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        var value = source.call();
        if (value.isPresent() || System.nanoTime() > deadline) {
          return value;
        }
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
