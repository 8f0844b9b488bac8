package dev.anabranch.cli.verify;

import dev.anabranch.cli.log.LogReads;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.store.StoreLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * All rules of one shard, row by row in the order of the log. An aggregate lives in one shard, so
 * nothing has to be remembered beyond it.
 *
 * <p><b>Bounds.</b> About 200 bytes for each aggregate and 32 for each command of the shard.
 */
final class ShardCheck {

  private final StoreLayout layout;
  private final int shard;
  private final LogReads session;
  private final Problems problems;
  private final RowRules rules;
  private final Map<AggregateKey, AggregateCheck> aggregates = new HashMap<>();
  private final CommandHashes commands = new CommandHashes();
  private final ChunkDigests digests = new ChunkDigests(new DataOutputSerializer(1024));
  private final long publishedBegin;
  private final long publishedEnd;
  private long nextOffset;
  private long rows;
  private long fences;

  /**
   * @param publishedBegin rows from here to below {@code publishedEnd} are compared with the topic
   * @param publishedEnd 0: none
   */
  ShardCheck(
      StoreLayout layout,
      int shard,
      LogReads session,
      Problems problems,
      long publishedBegin,
      long publishedEnd) {
    this.layout = layout;
    this.shard = shard;
    this.session = session;
    this.problems = problems;
    this.rules = new RowRules(layout.region());
    this.publishedBegin = publishedBegin;
    this.publishedEnd = publishedEnd;
  }

  void accept(LogRow row) {
    rows++;
    checkOffset(row);
    if (row.outcome().kind() == RowKind.MOVED) {
      fences++;
      problems.add(
          ProblemKind.SHARD_MOVED,
          row.position(),
          "the shard left database "
              + layout.databases().get(layout.databaseOf(shard))
              + "; configure the one that it moved to");
      return;
    }
    checkHome(row);
    rules.check(row, problem -> problems.add(ProblemKind.ROW_RULE, row.position(), problem));
    checkCommand(row);
    aggregates
        .computeIfAbsent(row.outcome().aggregate(), key -> new AggregateCheck(layout.region()))
        .accept(row, problems);
    if (row.offset() >= publishedBegin && row.offset() < publishedEnd) {
      digests.add(row);
    }
  }

  long rows() {
    return rows;
  }

  /** Rows that are never published. */
  long fences() {
    return fences;
  }

  long aggregates() {
    return aggregates.size();
  }

  /** The chunks of {@link ChunkDigests} in which the topic has other rows. */
  long[] chunksDifferingFrom(@Nullable ChunkDigests published) {
    return digests.differingFrom(published);
  }

  private void checkOffset(LogRow row) {
    if (row.offset() > nextOffset) {
      problems.add(
          ProblemKind.OFFSET_GAP,
          shard,
          nextOffset,
          "shard "
              + shard
              + " has no rows from offset "
              + nextOffset
              + " to "
              + (row.offset() - 1)
              + ", but one at "
              + row.offset());
    }
    if (fences > 0) {
      problems.add(
          ProblemKind.SHARD_MOVED, row.position(), "is behind the row that ends the shard");
    }
    nextOffset = row.offset() + 1;
  }

  private void checkHome(LogRow row) {
    var home = Shards.shardOf(row.outcome().aggregate(), layout.shardCount());
    if (home != shard) {
      problems.add(
          ProblemKind.WRONG_SHARD,
          row.position(),
          row.outcome().aggregate() + " belongs to shard " + home);
    }
  }

  private void checkCommand(LogRow row) {
    if (commands.isRepeated(row.outcome())) {
      var first = firstRowOf(row);
      if (first != null) {
        problems.add(
            ProblemKind.DUPLICATE_COMMAND,
            row.position(),
            "command '"
                + row.outcome().commandId()
                + "' of "
                + row.outcome().aggregate()
                + " has an outcome at "
                + first.position()
                + " already");
      }
    }
  }

  /** Equal hashes are not equal commands: looks for the row itself. */
  private @Nullable LogRow firstRowOf(LogRow repeated) {
    var found = new LogRow[1];
    new ShardScan(session, shard, new Problems(0))
        .read(
            repeated.offset() - 1,
            row -> {
              if (found[0] == null && isSameCommand(row, repeated)) {
                found[0] = row;
              }
            });
    return found[0];
  }

  private static boolean isSameCommand(LogRow a, LogRow b) {
    return Objects.equals(a.outcome().commandId(), b.outcome().commandId())
        && a.outcome().aggregate().equals(b.outcome().aggregate())
        && a.outcome().slot().equals(b.outcome().slot());
  }
}
