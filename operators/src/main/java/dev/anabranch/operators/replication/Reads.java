package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.replication.replica.ReadPages;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Aggregates that this attempt has asked the own store for, and what has come of them.
 *
 * <p><b>Threads.</b> The task's thread only, while the aggregate is the current key.
 */
final class Reads {

  private final ReadPages pages;
  private final Map<AggregateKey, Progress> underWay = new HashMap<>();

  /** What has come of one aggregate. */
  private static final class Progress {
    int kept;
    int keptRows;

    /** Some of it was needed at once, and is not kept. */
    boolean isPartial;
  }

  Reads(ReadPages pages) {
    this.pages = pages;
  }

  int size() {
    return underWay.size();
  }

  /** Whether it was not asked for before. */
  boolean begin(AggregateKey key) {
    return underWay.putIfAbsent(key, new Progress()) == null;
  }

  /** Keeps a page until all have come. */
  void keep(AggregateKey key, List<LogRow> page) {
    var progress = underWay.get(key);
    if (progress == null || progress.isPartial) {
      return;
    }
    if (progress.kept == 0) {
      pages.clear(); // An attempt before may have got some, too.
    }
    pages.put(progress.kept++, page);
    progress.keptRows += page.size();
  }

  /** A page was needed at once. */
  void needed(AggregateKey key) {
    var progress = underWay.get(key);
    if (progress != null) {
      progress.isPartial = true;
    }
  }

  /** All has come. */
  Done end(AggregateKey key, List<LogRow> last) {
    var progress = underWay.remove(key);
    return progress == null
        ? new Done(true, new History(pages, 0, 0, last))
        : new Done(!progress.isPartial, new History(pages, progress.kept, progress.keptRows, last));
  }

  /** The pages are of no use any more. */
  void forget(Done done) {
    if (done.history().keptPages() > 0) {
      pages.clear();
    }
  }

  /**
   * What there is of an aggregate.
   *
   * @param isWhole whether the history has everything that was read
   */
  record Done(boolean isWhole, History history) {}
}
