package dev.anabranch.cli.verify;

import dev.anabranch.cli.log.LogReads;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** Reads one shard from its beginning, page by page, and steps over rows that can't be read. */
final class ShardScan {

  private static final int MARKS = 500;

  private final LogReads session;
  private final int shard;
  private final Problems problems;
  private long next;

  ShardScan(LogReads session, int shard, Problems problems) {
    this.session = session;
    this.shard = shard;
    this.problems = problems;
  }

  /** Up to the last offset, as it was when the reading began: the log may be growing. */
  void read(long lastOffset, Consumer<LogRow> apply) {
    while (next <= lastOffset) {
      var page = page();
      if (page.isEmpty()) {
        return;
      }
      for (var row : page) {
        if (row.offset() <= lastOffset) {
          apply.accept(row);
        }
        next = row.offset() + 1;
      }
    }
  }

  /** Reads the next page; it is empty at the end only. */
  private List<LogRow> page() {
    try {
      return session.page(shard, next);
    } catch (StoreUnavailableException | StoreLayoutException e) {
      throw e;
    } catch (RuntimeException unreadable) {
      return firstReadable();
    }
  }

  private List<LogRow> firstReadable() {
    while (true) {
      try {
        return session.first(shard, next);
      } catch (StoreUnavailableException | StoreLayoutException e) {
        throw e;
      } catch (RuntimeException unreadable) {
        var offset = firstOffset();
        problems.add(
            ProblemKind.UNREADABLE_ROW,
            new LogPosition(shard, offset),
            "this release can't read it: " + unreadable.getMessage());
        next = offset + 1;
      }
    }
  }

  /** Where the row lies that could not be read, without reading it. */
  private long firstOffset() {
    var positions =
        LongStream.range(next, next + MARKS).mapToObj(at -> new LogPosition(shard, at)).toList();
    return session.marks(positions).keySet().stream()
        .mapToLong(LogPosition::offset)
        .min()
        .orElse(next + MARKS - 1);
  }
}
