package dev.anabranch.operators.projection;

import dev.anabranch.store.StoreUnavailableException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that is replaced when it is lost, for as long as it takes.
 *
 * <p><b>Threads.</b> One, but for {@link #isDown} and {@link #abandon}.
 */
final class Reconnecting<S extends AutoCloseable> {

  private static final Logger LOG = LoggerFactory.getLogger(Reconnecting.class);
  private static final long BACKOFF_MILLIS_MIN = 50;
  private static final long BACKOFF_MILLIS_MAX = 2_000;
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final String name;
  private final Opener<S> opener;
  private final CountDownLatch abandoned = new CountDownLatch(1);

  private volatile @Nullable S session;
  private volatile boolean down;
  private @Nullable S lost;
  private long backoffMillis = BACKOFF_MILLIS_MIN;
  private long lastLogNanos;

  /** Opens a session, in place of a lost one if there is one. */
  interface Opener<S> {
    S open(@Nullable S lost);
  }

  Reconnecting(String name, Opener<S> opener) {
    this.name = name;
    this.opener = opener;
  }

  /** Whether it could not be reached when last tried. Any thread. */
  boolean isDown() {
    return down;
  }

  /** Does a call that may be repeated, until it is served. */
  <T> T call(Function<S, T> call) throws InterruptedException {
    while (true) {
      try {
        var result = call.apply(current());
        served();
        return result;
      } catch (StoreUnavailableException e) {
        lose(e);
      }
    }
  }

  /** Waits a while, but not beyond the end. */
  void pause(long nanos) throws InterruptedException {
    if (nanos > 0 && abandoned.await(nanos, TimeUnit.NANOSECONDS)) {
      throw new InterruptedException("closing");
    }
  }

  /** Gives the session up and waits a while before the next one is opened. */
  void lose(@Nullable Throwable cause) throws InterruptedException {
    var current = session;
    if (current != null) {
      lost = current;
      session = null;
      closeQuietly(current);
    }
    var now = System.nanoTime();
    if (!down || now - lastLogNanos > LOG_INTERVAL_NANOS) {
      LOG.warn(
          "{} does not serve: {}. Trying again; what needs it waits meanwhile",
          name,
          cause == null ? "connection lost" : cause.getMessage());
      lastLogNanos = now;
    }
    down = true;
    pause(TimeUnit.MILLISECONDS.toNanos(backoffMillis));
    backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MILLIS_MAX);
  }

  /** Makes a call that is under way end, and waits no more. Any thread. */
  void abandon() {
    abandoned.countDown();
    close();
  }

  /** Closes the session; the next call opens another one. */
  void release() {
    close();
    session = null;
  }

  void close() {
    var current = session;
    if (current != null) {
      closeQuietly(current);
    }
  }

  private S current() throws InterruptedException {
    if (abandoned.getCount() == 0) {
      throw new InterruptedException("closing");
    }
    var current = session;
    if (current == null) {
      current = opener.open(lost);
      lost = null;
      session = current;
    }
    return current;
  }

  private void served() {
    if (down) {
      LOG.info("{} serves again", name);
    }
    down = false;
    backoffMillis = BACKOFF_MILLIS_MIN;
  }

  private static void closeQuietly(AutoCloseable session) {
    try {
      session.close();
    } catch (Exception e) {
      LOG.debug("A session that was given up could not be closed", e);
    }
  }
}
