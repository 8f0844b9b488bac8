package dev.anabranch.operators.command;

import dev.anabranch.model.LogRow;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.ShardHead;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An events topic on the heap, found again after the serialization of its handle. */
final class TestTopic implements PublishedLog, AutoCloseable {

  private static final long serialVersionUID = 1L;
  private static final Map<Integer, Records> TOPICS = new ConcurrentHashMap<>();
  private static final AtomicInteger IDS = new AtomicInteger();

  private final int id = IDS.incrementAndGet();
  private final int shards;
  private final int partitions;

  TestTopic(int shards, int partitions) {
    this.shards = shards;
    this.partitions = partitions;
    TOPICS.put(id, new Records());
  }

  void publish(LogRow row) {
    synchronized (records()) {
      records()
          .byPartition
          .computeIfAbsent(row.shard() * partitions / shards, p -> new ArrayList<>())
          .add(row);
    }
  }

  /** While it is away nothing can be asked. */
  void setAway(boolean away) {
    synchronized (records()) {
      records().away = away;
    }
  }

  /** Where the partition of the shard ends. */
  LogBookmark end(int shard) {
    var partition = shard * partitions / shards;
    return open().ends(List.of(partition)).getOrDefault(partition, new LogBookmark("topic", 0));
  }

  /** Records that starts have read so far. */
  long read() {
    synchronized (records()) {
      return records().read;
    }
  }

  @Override
  public Session open() {
    return new TopicSession();
  }

  @Override
  public void close() {
    TOPICS.remove(id);
  }

  private Records records() {
    return TOPICS.getOrDefault(id, new Records());
  }

  private static final class Records {
    private final Map<Integer, List<LogRow>> byPartition = new HashMap<>();
    private boolean away;
    private long read;
  }

  private final class TopicSession implements Session {

    private final Records records = records();

    @Override
    public Map<Integer, LogBookmark> ends(Collection<Integer> of) {
      synchronized (records) {
        var ends = new HashMap<Integer, LogBookmark>();
        if (!records.away) {
          of.forEach(
              partition ->
                  ends.put(
                      partition,
                      new LogBookmark(
                          "topic", records.byPartition.getOrDefault(partition, List.of()).size())));
        }
        return ends;
      }
    }

    @Override
    public Found read(Map<Integer, @Nullable LogBookmark> from, List<AcceptedLoss> forgotten) {
      synchronized (records) {
        var heads = new HashMap<Integer, ShardHead>();
        var unchecked = new HashMap<Integer, String>();
        var read = 0;
        for (var start : from.entrySet()) {
          var partition = start.getKey();
          if (records.away) {
            unchecked.put(partition, "it is away");
            continue;
          }
          var bookmark = start.getValue();
          var rows = records.byPartition.getOrDefault(partition, List.of());
          for (var at = bookmark == null ? 0 : (int) bookmark.position(); at < rows.size(); at++) {
            var row = rows.get(at);
            var place = new LogBookmark("topic", at);
            read++;
            if (forgotten.stream().noneMatch(f -> f.forgets(place, row.shard(), row.offset()))) {
              var stamp = row.outcome().stamp();
              heads.merge(
                  row.shard(),
                  new ShardHead(row.offset(), stamp.writer(), stamp.hlc()),
                  (a, b) -> b.offset() >= a.offset() ? b : a);
            }
          }
        }
        records.read += read;
        return new Found(heads, unchecked, read);
      }
    }

    @Override
    public void close() {}
  }
}
