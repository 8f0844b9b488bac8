package dev.anabranch.operators.projection;

import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionInfo;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks, from time to time, at what tools have done: versions that came and went, requests about
 * parked rows.
 */
final class StoreWatch implements AutoCloseable {

  private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

  private final Mailbox mailbox;
  private final Reconnecting<QuerySession> database;
  private final Duration interval;
  private final Consumer<Seen> listener;
  private final Thread thread;

  /** What there was. */
  record Seen(List<VersionInfo> versions, List<ParkedRequest> requests) {}

  /**
   * @param listener called on the task's thread
   */
  StoreWatch(
      String name,
      Mailbox mailbox,
      Reconnecting<QuerySession> database,
      Duration interval,
      Consumer<Seen> listener) {
    this.mailbox = mailbox;
    this.database = database;
    this.interval = interval;
    this.listener = listener;
    this.thread = new Thread(this::run, "anabranch-projection-watch-" + name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        var versions = database.call(QuerySession::versions);
        var requests = database.call(QuerySession::requests);
        var seen = new Seen(versions, requests);
        mailbox.post("projections seen", () -> listener.accept(seen));
        database.pause(interval.toNanos());
      }
    } catch (InterruptedException closing) {
      // close() interrupts
    } catch (RuntimeException | Error e) {
      mailbox.post(
          "projections can't be watched",
          () -> {
            throw e;
          });
    } finally {
      database.close();
    }
  }

  @Override
  public void close() {
    database.abandon();
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
