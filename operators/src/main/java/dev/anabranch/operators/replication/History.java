package dev.anabranch.operators.replication;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.replication.replica.ReadPages;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What the own store has of an aggregate, in the order of its log: the pages that were kept in the
 * state, and what came last. It can be gone through several times.
 *
 * <p><b>Threads.</b> The task's thread only, while the aggregate is the current key.
 */
record History(ReadPages kept, int keptPages, int keptRows, List<LogRow> last) {

  int pages() {
    return keptPages + 1;
  }

  int rows() {
    return keptRows + last.size();
  }

  /** The last rows, so many at most. */
  List<LogRow> end(int most) {
    var rows = new ArrayDeque<LogRow>();
    for (var number = pages() - 1; number >= 0 && rows.size() < most; number--) {
      var page = page(number);
      for (var i = page.size() - 1; i >= 0 && rows.size() < most; i--) {
        rows.addFirst(page.get(i));
      }
    }
    return List.copyOf(rows);
  }

  List<LogRow> page(int number) {
    return number < keptPages ? kept.get(number) : last;
  }
}
