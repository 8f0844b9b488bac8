package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.SqlFailure;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Appends a batch and says how it ended.
 *
 * <p><b>Bounds.</b> A batch that meets a deadlock, a lock timeout, or a clash that is gone when it
 * is looked up, is sent {@value #MAX_ATTEMPTS} times in all, a few milliseconds apart.
 */
final class RowAppender {

  private static final int MAX_ATTEMPTS = 5;
  private static final int BACKOFF_MILLIS = 5;

  private final BatchInsert insert;
  private final ClashClassifier clashes;

  RowAppender(BatchInsert insert, LogReader reader) {
    this.insert = insert;
    this.clashes = new ClashClassifier(reader);
  }

  /**
   * @throws SQLException if the statement itself is wrong, or a person must change grants
   */
  AppendResult append(List<LogRow> rows) throws SQLException {
    for (var attempt = 1; ; attempt++) {
      try {
        insert.insert(rows);
        return AppendResult.Appended.INSTANCE;
      } catch (SQLException e) {
        switch (SqlFailure.of(e)) {
          case LOST -> {
            return new AppendResult.Unknown(e);
          }
          case UNAVAILABLE -> {
            return new AppendResult.Unavailable(e);
          }
          case REFUSED, PROGRAM -> throw e;
          case RETRY -> {
            if (attempt == MAX_ATTEMPTS) {
              return new AppendResult.Unavailable(e);
            }
          }
          case DUPLICATE_KEY -> {
            var result = classify(rows, e);
            if (!(result instanceof AppendResult.Unavailable) || attempt == MAX_ATTEMPTS) {
              return result;
            }
          }
        }
        pause(attempt);
      }
    }
  }

  /** {@link AppendResult.Unavailable} if the one who stood in the way is gone. */
  private AppendResult classify(List<LogRow> rows, SQLException clash) throws SQLException {
    try {
      return clashes.classify(rows).orElseGet(() -> new AppendResult.Unavailable(clash));
    } catch (SQLException e) {
      return switch (SqlFailure.of(e)) {
        case REFUSED, PROGRAM -> throw e;
        // If the batch was sent before, what is stored may be ours: nobody has looked.
        default -> new AppendResult.Unknown(e);
      };
    }
  }

  private static void pause(int attempt) {
    var millis = ThreadLocalRandom.current().nextInt(1, BACKOFF_MILLIS * attempt + 1);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
