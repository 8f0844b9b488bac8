package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.operators.command.aggregate.Rebuild;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.LogBookmark;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Work for a lane's connection. Answers are given on the task's thread. */
public sealed interface LaneRequest {

  /**
   * At most one at a time per lane. Answered once its outcome is known, however long that takes.
   */
  record Append(List<LogRow> rows, Consumer<AppendResult> answer) implements LaneRequest {}

  /** The row at the position, if its command is the expected one; else the command's own row. */
  record Find(@Nullable LogPosition position, CommandRef command, Consumer<@Nullable LogRow> answer)
      implements LaneRequest {}

  /** The rows of one command in all slots: of this region, and of those that accepted it too. */
  record OfCommand(CommandRef command, Consumer<List<LogRow>> answer) implements LaneRequest {}

  /**
   * The history of one aggregate, page by page, to fold it anew. No append of the lane comes in
   * between.
   */
  record History(Rebuild rebuild, Runnable answer) implements LaneRequest {}

  /** What completed checkpoints have made sure of. At most one at a time per lane. */
  record Checkpointed(Map<Integer, Long> publishedNext, Runnable answer) implements LaneRequest {}

  /**
   * Up to where the records of shards are answered, by this writer. Answered with false, and
   * nothing recorded, if another one has taken the shards over.
   */
  record Answered(long writer, Map<Integer, byte[]> marks, Consumer<Boolean> answer)
      implements LaneRequest {}

  /** How far the events topic went before this was asked for. At most one at a time per lane. */
  record Bookmark(Map<Integer, LogBookmark> ends, Runnable answer) implements LaneRequest {}

  /** Another region has a commit of this one that its own log lacks: the job has to stop. */
  record BehindOwnPast(int shard, String what) implements LaneRequest {}

  /** The rows that shards have beyond their checkpointed positions; the lane's first request. */
  record ReadTail(Map<Integer, @Nullable ShardRecord> shards, long writer, TailReader reader)
      implements LaneRequest {}

  /** Receives a tail, on the task's thread. */
  interface TailReader {

    /** Takes what the store has recorded of answered commands, by shard; comes first. */
    void answered(Map<Integer, byte[]> marks);

    /**
     * Takes the shard's next rows.
     *
     * @param rows in offset order, contiguous with what came before
     * @param publishFrom rows below this offset are known to be published
     */
    void rows(int shard, List<LogRow> rows, long publishFrom);

    /** All shards of the lane are up to date: it may append. */
    void complete();
  }
}
