package dev.anabranch.operators.projection.version;

import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QuerySession;
import dev.anabranch.store.StoreUnavailableException;

/**
 * Applies batches until their outcome is known, however long the database takes.
 *
 * <p><b>Threads.</b> One.
 */
public final class AppliedBatches {

  private final Reconnecting<QuerySession> database;

  public AppliedBatches(Reconnecting<QuerySession> database) {
    this.database = database;
  }

  /** The version was dropped while it was worked on. */
  public static final class GoneException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Whatever the result says, its outcome is known: {@code Applied} or {@code Refused}.
   *
   * @throws ProjectionFencedException if somebody else has the shards
   */
  public ApplyResult apply(QueryBatch batch) throws InterruptedException, GoneException {
    var result = database.call(session -> known(session.apply(batch)));
    if (result instanceof ApplyResult.Gone) {
      throw new GoneException();
    }
    if (result instanceof ApplyResult.Fenced fenced) {
      throw new ProjectionFencedException(batch.version(), fenced, batch.writer());
    }
    return result;
  }

  /** What is not known yet becomes so when the same batch is applied again, on a new session. */
  private static ApplyResult known(ApplyResult result) {
    if (result instanceof ApplyResult.Unknown unknown) {
      throw new StoreUnavailableException("the connection was lost", unknown.cause());
    }
    if (result instanceof ApplyResult.Unavailable unavailable) {
      throw new StoreUnavailableException(
          "it stores nothing now: " + unavailable.cause().getMessage(), unavailable.cause());
    }
    return result;
  }
}
