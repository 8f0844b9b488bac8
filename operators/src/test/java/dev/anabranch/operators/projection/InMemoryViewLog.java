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

  /** The leader that takes records now, and by epoch where the records of a partition end. */
  private int epoch;

  private final transient List<Map<Integer, Long>> epochEnds = new ArrayList<>();
  private final transient AtomicInteger asked = new AtomicInteger();
  private boolean away;

  public InMemoryViewLog() {
    grow(PARTITIONS);
  }

  /** Adds partitions, up to this number. */
  synchronized void grow(int count) {
    while (partitions.size() < count) {
      partitions.add(new TreeMap<>());
      epochEnds.add(new TreeMap<>());
    }
  }

  /** Deletes the topic and makes one of the same name. */
  synchronized void makeAnew() {
    generation++;
    epoch = 0;
    epochEnds.forEach(Map::clear);
    partitions.forEach(TreeMap::clear);
    Arrays.fill(ends, 0);
    Arrays.fill(starts, 0);
  }

  /** Deletes the records below an offset. */
  synchronized void deleteBelow(int partition, long offset) {
    partitions.get(partition).headMap(offset).clear();
    starts[partition] = Math.max(starts[partition], offset);
  }

  /** Another broker leads, which has all records. */
  synchronized void elect() {
    epoch++;
  }

  /** Loses the records from an offset on, as after an unclean election. */
  synchronized void truncate(int partition, long offset) {
    partitions.get(partition).tailMap(offset).clear();
    ends[partition] = Math.min(ends[partition], offset);
    epochEnds.get(partition).replaceAll((each, end) -> Math.min(end, offset));
    elect();
  }

  /** Where the records of this epoch and those before it end, as the leader says. */
  private long endOf(int partition, int asked) {
    if (asked >= epoch) {
      return ends[partition];
    }
    var end = 0L;
    for (var each : epochEnds.get(partition).entrySet()) {
      end = each.getKey() <= asked ? Math.max(end, each.getValue()) : end;
    }
    return end;
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
    epochEnds.get(partition).put(epoch, ends[partition]);
    var problem = view == null ? "no view" : "";
    partitions.get(partition).put(offset, new ViewRecord(partition, offset, epoch, view, problem));
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
        partition -> found.put(partition, new Range(starts[partition], ends[partition], epoch)));
    return found;
  }

  @Override
  public Reading read(Map<Integer, Position> from, int maxRecords) {
    return new Place(new TreeMap<>(from), maxRecords);
  }

  @Override
  public synchronized Optional<ViewRecord> find(int partition, long offset) {
    requireHere();
    return Optional.ofNullable(partitions.get(partition).get(offset));
  }

  private final class Place implements Reading {
    private final TreeMap<Integer, Position> next;
    private final int maxRecords;

    Place(TreeMap<Integer, Position> next, int maxRecords) {
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
      for (var place : next.entrySet()) {
        requireSame(place.getKey(), place.getValue());
        var offset = place.getValue().offset();
        if (offset < starts[place.getKey()] || offset > ends[place.getKey()]) {
          throw new PositionGoneException("nothing at " + place, new IllegalStateException());
        }
        for (var record : partitions.get(place.getKey()).tailMap(offset).values()) {
          if (page.size() < maxRecords) {
            page.add(record);
            var origin = new Origin("", record.leaderEpoch());
            place.setValue(new Position(origin, record.offset() + 1));
          }
        }
      }
      return page;
    }

    /** As a consumer does that asks the leader where the epoch of its position ends. */
    private void requireSame(int partition, Position position) {
      var known = position.origin().leaderEpoch();
      if (known != NO_EPOCH && endOf(partition, known) < position.offset()) {
        throw new PositionGoneException(
            "others before " + position,
            Map.of(partition, endOf(partition, known)),
            new IllegalStateException());
      }
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }
}
