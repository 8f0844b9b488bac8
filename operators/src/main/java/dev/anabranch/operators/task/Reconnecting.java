package dev.anabranch.operators.task;

import dev.anabranch.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that is replaced when it is lost, for as long as it takes.
 *
 * <p><b>Failure.</b> {@link StoreUnavailableException} loses the session: another one is opened
 * after a wait, which doubles from 50 ms to 2 s. Whatever else is thrown passes.
 *
 * <p><b>Threads.</b> One, but for {@link #isDown}, {@link #downNanos} and {@link #abandon}.
 */
public final class Reconnecting<S extends AutoCloseable> {

  private static final Logger LOG = LoggerFactory.getLogger(Reconnecting.class);
  private static final long BACKOFF_MILLIS_MIN = 50;
  private static final long BACKOFF_MILLIS_MAX = 2_000;
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);

  /**
   * From then on an outage is taken for one that does not end by itself: as an error that a server
   * gives each time, and that nobody knows to be permanent.
   */
  public static final Duration ALARM_AFTER = Duration.ofMinutes(5);

  private final String name;
  private final Opener<S> opener;
  private final TaskThreads threads;
  private final TaskThreads.Signal abandonment;

  private volatile boolean abandoned;
  private volatile @Nullable S session;
  private volatile boolean down;
  private volatile long downSinceNanos;
  private @Nullable S lost;
  private long backoffMillis = BACKOFF_MILLIS_MIN;
  private long lastLogNanos;

  /** Makes sessions. */
  public interface Opener<S> {

    /** Opens a session, in place of a lost one if there is one. */
    S open(@Nullable S lost);

    /** Looks at a session before its first call. What this throws counts as thrown by that call. */
    default void opened(S session) {}
  }

  /**
   * A session that is opened by the first call.
   *
   * @param name of what is called, for the log
   */
  public Reconnecting(String name, TaskThreads threads, Opener<S> opener) {
    this.name = name;
    this.threads = threads;
    this.opener = opener;
    this.abandonment = threads.signal();
  }

  /** Whether it could not be reached when last tried. Any thread. */
  public boolean isDown() {
    return down;
  }

  /** How long it has been out of reach; 0: it serves. Any thread. */
  public long downNanos() {
    return down ? threads.nanoTime() - downSinceNanos : 0;
  }

  /** Whether a person has to look: it is down for longer than {@link #ALARM_AFTER}. Any thread. */
  public boolean isDownLong() {
    return downNanos() > ALARM_AFTER.toNanos();
  }

  /** Does a call that may be repeated, until it is served. */
  public <T extends @Nullable Object> T call(Function<S, T> call) throws InterruptedException {
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

  /**
   * Keeps an idle session open. One that was lost is opened again, so that it shows when the server
   * serves again though nobody asks it for anything.
   */
  public void keepOpen(Consumer<S> ping) throws InterruptedException {
    if (session != null || down) {
      try {
        ping.accept(current());
        served();
      } catch (StoreUnavailableException e) {
        lose(e);
      }
    }
  }

  /** Waits a while, but not beyond the end. */
  public void pause(long nanos) throws InterruptedException {
    var until = threads.nanoTime() + nanos;
    for (var left = nanos; left > 0; left = until - threads.nanoTime()) {
      requireOpen();
      abandonment.await(left);
    }
    requireOpen();
  }

  /** Gives the session up and waits a while before the next one is opened. */
  public void lose(@Nullable Throwable cause) throws InterruptedException {
    var current = session;
    if (current != null) {
      lost = current;
      session = null;
      closeQuietly(current);
    }
    requireOpen();
    var now = threads.nanoTime();
    if (!down || now - lastLogNanos > LOG_INTERVAL_NANOS) {
      tell(cause == null ? "connection lost" : String.valueOf(cause.getMessage()));
      lastLogNanos = now;
    }
    if (!down) {
      downSinceNanos = now;
      down = true;
    }
    pause(TimeUnit.MILLISECONDS.toNanos(backoffMillis));
    backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MILLIS_MAX);
  }

  private void tell(String why) {
    if (isDownLong()) {
      LOG.error(
          "{} has not served for {} s: {}. It is tried again, but what lasts so long seldom ends by itself: mend what"
              + " it says; what needs it waits meanwhile",
          name,
          TimeUnit.NANOSECONDS.toSeconds(downNanos()),
          why);
    } else {
      LOG.warn("{} does not serve: {}. Trying again; what needs it waits meanwhile", name, why);
    }
  }

  /** Makes a call that is under way end, and waits no more. Any thread. */
  public void abandon() {
    abandoned = true;
    abandonment.raise();
    close();
  }

  /** Closes the session; the next call opens another one. */
  public void release() {
    close();
    session = null;
  }

  public void close() {
    var current = session;
    if (current != null) {
      closeQuietly(current);
    }
  }

  private S current() throws InterruptedException {
    requireOpen();
    var current = session;
    if (current == null) {
      current = opener.open(lost);
      lost = null;
      session = current;
      if (abandoned) {
        // Whoever abandoned it may have looked for a session before this one was in its place.
        close();
        requireOpen();
      }
      look(current);
    }
    return current;
  }

  private void look(S opened) {
    try {
      opener.opened(opened);
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      // No later call may use a session that was found wanting.
      release();
      throw e;
    }
  }

  private void requireOpen() throws InterruptedException {
    if (abandoned) {
      throw new InterruptedException("closing");
    }
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
