package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.ReadAhead;
import dev.anabranch.store.StoredLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The history of one aggregate, page by page. What a lost connection has left undone is read again
 * by the next call.
 *
 * <p><b>Bounds.</b> {@link ReadAhead#PAGE_ROWS} and {@link ReadAhead#PAGE_BYTES} of blobs a page,
 * or one row; in the order of time also a place for each commit.
 *
 * <p><b>Threads.</b> The lane's thread.
 */
public final class HistoryPages {

  /** In which order rows come. */
  enum Order {
    /** All with a version, as the log has them. */
    VERSIONS,
    /**
     * All with a version by (hlc, dot): causes come first, also where the log has a payload behind
     * them.
     */
    TIME,
    /** All with a dot, as the log has them. */
    LOG
  }

  /** Estimate of what a place takes on the heap, without its command id. */
  private static final int PLACE_BYTES = 256;

  private static final int PLACES_PER_QUERY = 500;

  private final AggregateKey aggregate;
  private final Order order;
  private final long maxBytes;
  private long next;
  private final List<Place> found = new ArrayList<>();
  private long placeBytes;
  private @Nullable List<Place> left;
  private volatile boolean tooLarge;

  /** Where a commit is. */
  private record Place(LogPosition position, long hlc, @Nullable Dot dot) {}

  HistoryPages(AggregateKey aggregate, Order order, long maxBytes) {
    this.aggregate = aggregate;
    this.order = order;
    this.maxBytes = maxBytes;
  }

  /** Whether the places of all commits take too much. Any thread. */
  public boolean isTooLarge() {
    return tooLarge;
  }

  /** The next rows; empty: these were all. */
  public List<LogRow> next(StoredLog session) {
    return switch (order) {
      case VERSIONS -> versions(session);
      case TIME -> inTime(session);
      case LOG -> commits(session);
    };
  }

  private List<LogRow> versions(StoredLog session) {
    var page = session.history(aggregate, next, ReadAhead.PAGE_ROWS, ReadAhead.PAGE_BYTES);
    if (!page.isEmpty()) {
      next = page.get(page.size() - 1).outcome().version();
    }
    return page;
  }

  private List<LogRow> commits(StoredLog session) {
    var page = session.commits(aggregate, next, ReadAhead.PAGE_ROWS, ReadAhead.PAGE_BYTES);
    if (!page.isEmpty()) {
      next = page.get(page.size() - 1).offset() + 1;
    }
    return page;
  }

  private List<LogRow> inTime(StoredLog session) {
    var places = left;
    if (places == null) {
      places = places(session);
      left = places;
      found.clear();
    }
    while (!places.isEmpty()) {
      var asked =
          places.subList(0, Math.min(places.size(), PLACES_PER_QUERY)).stream()
              .map(Place::position)
              .toList();
      var page = session.rows(asked, ReadAhead.PAGE_BYTES);
      places = places.subList(page.asked(), places.size());
      left = places;
      if (!page.rows().isEmpty()) {
        return inOrder(page.rows(), asked);
      }
    }
    return List.of();
  }

  private static List<LogRow> inOrder(List<LogRow> rows, List<LogPosition> order) {
    var byPosition = new HashMap<LogPosition, LogRow>();
    rows.forEach(row -> byPosition.put(row.position(), row));
    var sorted = new ArrayList<LogRow>(rows.size());
    for (var position : order) {
      var row = byPosition.get(position);
      if (row != null) {
        sorted.add(row);
      }
    }
    return sorted;
  }

  /** Goes on where a lost connection has ended it. */
  private List<Place> places(StoredLog session) {
    for (var page = versions(session); !page.isEmpty(); page = versions(session)) {
      for (var row : page) {
        var outcome = row.outcome();
        var commandId = outcome.commandId();
        placeBytes += PLACE_BYTES + (commandId == null ? 0 : commandId.length());
        found.add(new Place(row.position(), outcome.stamp().hlc(), outcome.dot()));
      }
      if (placeBytes > maxBytes) {
        tooLarge = true;
        found.clear();
        return List.of();
      }
    }
    found.sort(
        Comparator.comparingLong(Place::hlc)
            .thenComparing(Place::dot, Comparator.nullsFirst(Comparator.naturalOrder())));
    return List.copyOf(found);
  }
}
