package dev.anabranch.connectors.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Calls that hang for a while, and what shows that they do. */
final class Background {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The server renews what innodb_trx shows only if nobody has read it for 100 ms. */
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  /** Counts transactions that wait for a lock. */
  static final String LOCK_WAITS =
      "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";

  private Background() {}

  static <T> CompletableFuture<T> start(Callable<T> call) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return call.call();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        task -> {
          var thread = new Thread(task, "background");
          thread.setDaemon(true);
          thread.start();
        });
  }

  static <T> T await(CompletableFuture<T> call) throws Exception {
    return call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Between two looks at something that will change. */
  static void pause() {
    LockSupport.parkNanos(POLL_NANOS);
  }

  /** Asks the server until the number is what it should be. */
  static void awaitNumber(Connection observer, String query, long expected) throws SQLException {
    var deadline = Instant.now().plus(PATIENCE);
    while (TestServer.number(observer, query) != expected) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(query + " never became " + expected);
      }
      pause();
    }
  }
}
