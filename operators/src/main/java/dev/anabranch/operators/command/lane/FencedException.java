package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogRow;

/**
 * Another writer appended to a shard of this task: the task restarts, reads what was appended, and
 * goes on from there.
 */
public final class FencedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FencedException(String message) {
    super(message);
  }

  /** A row is beyond what this task has folded: it is not up to date, and answers nothing. */
  public static FencedException behind(LogRow row) {
    return new FencedException(
        "another writer, or an earlier attempt's late insert, appended "
            + row.position()
            + "; restarting from what the store holds");
  }
}
