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

  /** A checkpoint, and other aggregates, wait until so much is merged; or for one row. */
  static final int SLICE_ROWS = 256;

  static final int SLICE_BYTES = 1 << 20;

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

  /** Keeps a page until all have come, as slices. */
  void keep(AggregateKey key, List<LogRow> page) {
    var progress = underWay.get(key);
    if (progress != null && !progress.isPartial) {
      keep(progress, page);
    }
  }

  private void keep(Progress progress, List<LogRow> page) {
    if (progress.kept == 0) {
      pages.clear(); // An attempt before may have got some, too.
    }
    for (var from = 0; from < page.size(); ) {
      var to = endOfSlice(page, from);
      pages.put(progress.kept++, List.copyOf(page.subList(from, to)));
      from = to;
    }
    progress.keptRows += page.size();
  }

  private static int endOfSlice(List<LogRow> page, int from) {
    var bytes = page.get(from).outcome().blobs().size();
    var to = from + 1;
    while (to < page.size() && to - from < SLICE_ROWS) {
      bytes += page.get(to).outcome().blobs().size();
      if (bytes > SLICE_BYTES) {
        break;
      }
      to++;
    }
    return to;
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
    if (progress == null) {
      return new Done(true, new History(pages, 0, 0, last));
    }
    var isOneSlice = last.isEmpty() || endOfSlice(last, 0) == last.size();
    if (progress.isPartial || (progress.kept == 0 && isOneSlice)) {
      return new Done(!progress.isPartial, new History(pages, 0, 0, last));
    }
    keep(progress, last);
    return new Done(true, new History(pages, progress.kept, progress.keptRows, List.of()));
  }

  /** It was merged, slice by slice. */
  void filled(AggregateKey key) {
    underWay.remove(key);
  }

  /** The pages are of no use any more. */
  void forget(History history) {
    if (history.keptPages() > 0) {
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
