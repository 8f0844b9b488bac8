package dev.anabranch.store;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an append ended. Unless it says {@link Appended} or {@link Unknown}, nothing was stored. */
public sealed interface AppendResult {

  /** All rows are durable. */
  record Appended() implements AppendResult {
    public static final Appended INSTANCE = new Appended();
  }

  /**
   * Some of the command ids have rows already.
   *
   * @param stored those rows, at least one, each below the offsets of the append
   */
  record DuplicateCommands(List<LogRow> stored) implements AppendResult {}

  /** Another writer holds an offset of the append: this one doesn't know the latest rows. */
  record Fenced(LogPosition position, long otherWriter) implements AppendResult {}

  /**
   * A version is stored already, though no offset is taken: the caller's state and the store
   * disagree.
   */
  record StateMismatch(LogRow ours, LogRow stored) implements AppendResult {}

  /** The connection was lost: all rows are stored, or none. */
  record Unknown(@Nullable Throwable cause) implements AppendResult {}

  /**
   * The server can't store anything now (disk full, read-only, too many locks): try again later.
   */
  record Unavailable(Throwable cause) implements AppendResult {}
}
