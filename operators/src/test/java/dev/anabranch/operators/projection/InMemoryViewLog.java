package dev.anabranch.operators.projection;

import dev.anabranch.model.view.AggregateView;
import dev.anabranch.query.PositionGoneException;
import dev.anabranch.query.ViewLog;
import dev.anabranch.query.ViewRecord;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Partitions of views on the heap, two at first, which a test may compact, delete from, add to, or
 * make anew. Safe for use by several.
 */
public final class InMemoryViewLog implements ViewLog {
  private static final long serialVersionUID = 1L;

  private static final int PARTITIONS = 2;
  private static final int MOST = 16;

  private final transient List<TreeMap<Long, ViewRecord>> partitions = new ArrayList<>();
  private final long[] ends = new long[MOST];
  private final long[] starts = new long[MOST];
  private int generation = 1;
  private final transient AtomicInteger asked = new AtomicInteger();
  private boolean away;

  public InMemoryViewLog() {
    grow(PARTITIONS);
  }

  /** Adds partitions, up to this number. */
  synchronized void grow(int count) {
    while (partitions.size() < count) {
      partitions.add(new TreeMap<>());
    }
  }

  /** Deletes the topic and makes one of the same name. */
  synchronized void makeAnew() {
    generation++;
    partitions.forEach(TreeMap::clear);
    Arrays.fill(ends, 0);
    Arrays.fill(starts, 0);
  }

  /** Deletes the records below an offset. */
  synchronized void deleteBelow(int partition, long offset) {
    partitions.get(partition).headMap(offset).clear();
    starts[partition] = Math.max(starts[partition], offset);
  }

  private record Cut(int partition, long offset) {}

  private final List<Cut> cuts = new ArrayList<>();

  /** Loses the records from an offset on, as after an unclean election. */
  synchronized void truncate(int partition, long offset) {
    partitions.get(partition).tailMap(offset).clear();
    ends[partition] = Math.min(ends[partition], offset);
    cuts.add(new Cut(partition, offset));
  }

  /** Whether nobody can reach it. */
  public synchronized void away(boolean isAway) {
    away = isAway;
  }

  private void requireHere() {
    if (away) {
      throw new StoreUnavailableException("the views are away", null);
    }
  }

  /** How often a reader has asked for the ends. */
  public int asked() {
    return asked.get();
  }

  public synchronized void add(int partition, @Nullable AggregateView view) {
    var offset = ends[partition]++;
    partitions
        .get(partition)
        .put(offset, new ViewRecord(partition, offset, view, view == null ? "no view" : ""));
    notifyAll();
  }

  /** Forgets a record, as compaction does with one that has a later one of its key. */
  synchronized void remove(int partition, long offset) {
    partitions.get(partition).remove(offset);
  }

  @Override
  public synchronized Topic topic() {
    requireHere();
    return new Topic("topic-" + generation, partitions.size());
  }

  @Override
  public synchronized Map<Integer, Range> ranges(Collection<Integer> wanted) {
    requireHere();
    var found = new HashMap<Integer, Range>();
    wanted.forEach(
        partition -> found.put(partition, new Range(starts[partition], ends[partition])));
    return found;
  }

  @Override
  public Reading read(Map<Integer, Long> from, int maxRecords) {
    return new Place(new TreeMap<>(from), maxRecords);
  }

  @Override
  public synchronized Optional<ViewRecord> find(int partition, long offset) {
    requireHere();
    return Optional.ofNullable(partitions.get(partition).get(offset));
  }

  private final class Place implements Reading {
    private final TreeMap<Integer, Long> next;
    private final int maxRecords;
    private final int cutsBefore = cuts.size();

    Place(TreeMap<Integer, Long> next, int maxRecords) {
      this.next = next;
      this.maxRecords = maxRecords;
    }

    @Override
    public List<ViewRecord> next() throws InterruptedException {
      synchronized (InMemoryViewLog.this) {
        var page = page();
        if (page.isEmpty()) {
          InMemoryViewLog.this.wait(10);
          page = page();
        }
        return page;
      }
    }

    @Override
    public Map<Integer, Long> ends() {
      asked.incrementAndGet();
      return InMemoryViewLog.this.ends(next.keySet());
    }

    @Override
    public Topic topic() {
      return InMemoryViewLog.this.topic();
    }

    private List<ViewRecord> page() {
      var page = new ArrayList<ViewRecord>();
      if (away) {
        return page; // As a consumer does that reaches no broker.
      }
      for (var cut : cuts.subList(cutsBefore, cuts.size())) {
        // A consumer that was reading asks the new leader.
        if (next.getOrDefault(cut.partition, 0L) > cut.offset) {
          throw new PositionGoneException(
              "others from " + cut, Map.of(cut.partition, cut.offset), new IllegalStateException());
        }
      }
      for (var place : next.entrySet()) {
        if (place.getValue() < starts[place.getKey()] || place.getValue() > ends[place.getKey()]) {
          throw new PositionGoneException("nothing at " + place, new IllegalStateException());
        }
        for (var record : partitions.get(place.getKey()).tailMap(place.getValue()).values()) {
          if (page.size() < maxRecords) {
            page.add(record);
            place.setValue(record.offset() + 1);
          }
        }
      }
      return page;
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }
}
