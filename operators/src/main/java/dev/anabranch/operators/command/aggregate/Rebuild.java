package dev.anabranch.operators.command.aggregate;

import dev.anabranch.model.LogRow;
import java.util.List;

/**
 * A parked aggregate that is made anew from its history. The aggregate stays as it is until {@link
 * #finish}, since rows of other regions may come meanwhile.
 *
 * <p><b>Bounds.</b> A page of rows, the state, and what is kept of each commit besides its events;
 * the last within {@code aggregates.cache-max-bytes}. What needs more stays parked, and says so.
 *
 * <p><b>Threads.</b> The lane's thread reads the pages; all else is the task's thread.
 */
public interface Rebuild {

  /** The pages of the history; the lane's thread reads them. */
  HistoryPages pages();

  /** Whether no more rows are needed. Any thread. */
  boolean hasEnough();

  void rows(List<LogRow> page);

  /** Whether the history turned out to need a graph of versions. */
  boolean isForked();

  /** All rows came, and nothing is pending: changes the aggregate. */
  void finish();

  static String tooLarge(long maxBytes) {
    return "to make it anew from its history takes more than aggregates.cache-max-bytes, "
        + maxBytes
        + " bytes: raise it and start again";
  }
}
