package dev.anabranch.operators.command.aggregate;

import dev.anabranch.history.Commit;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import org.jspecify.annotations.Nullable;

/** What deciding one command gave. */
public sealed interface Decided {

  /**
   * An outcome to be stored.
   *
   * @param commit what the outcome says if it is a commit; null: it is none
   * @param after the aggregate after it
   * @param bytes size of the row as the Kafka record that it becomes
   */
  record Row(
      Outcome outcome,
      @Nullable Commit commit,
      ReplyBody reply,
      LiveAggregate.Version after,
      int bytes)
      implements Decided {}

  /** An answer that no row backs; given only if the store has no row of this command either. */
  record Unbacked(ReplyStatus status, ReplyBody reply, boolean deadLetter) implements Decided {}
}
