package dev.anabranch.simulation.kafka;

import dev.anabranch.model.LogRow;
import dev.anabranch.simulation.time.Scheduler;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.ShardHead;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The events topic, which a start compares with the store. */
@SuppressWarnings("serial") // never serialized
public final class EventsTopic implements PublishedLog {

  private static final long serialVersionUID = 1L;
  private static final String ID = "events-topic-1";
  private static final long ROUND_TRIP = 2_000_000;

  private final List<List<LogRow>> partitions = new ArrayList<>();
  private final Scheduler time;

  public EventsTopic(int partitions, Scheduler time) {
    this.time = time;
    for (var partition = 0; partition < partitions; partition++) {
      this.partitions.add(new ArrayList<>());
    }
  }

  public void append(int partition, LogRow row) {
    partitions.get(partition).add(row);
  }

  @Override
  public Session open() {
    return new TopicSession();
  }

  private final class TopicSession implements Session {

    @Override
    public Map<Integer, LogBookmark> ends(Collection<Integer> of) {
      var ends = new HashMap<Integer, LogBookmark>();
      of.forEach(
          partition -> ends.put(partition, new LogBookmark(ID, partitions.get(partition).size())));
      time.sleep(ROUND_TRIP);
      return ends;
    }

    @Override
    public Found read(Map<Integer, @Nullable LogBookmark> from, List<AcceptedLoss> forgotten) {
      time.sleep(ROUND_TRIP);
      var heads = new HashMap<Integer, ShardHead>();
      var records = 0;
      for (var start : from.entrySet()) {
        var bookmark = start.getValue();
        var rows = partitions.get(start.getKey());
        for (var at = bookmark == null ? 0 : (int) bookmark.position(); at < rows.size(); at++) {
          var row = rows.get(at);
          var place = new LogBookmark(ID, at);
          records++;
          if (forgotten.stream().noneMatch(f -> f.forgets(place, row.shard(), row.offset()))) {
            var stamp = row.outcome().stamp();
            heads.merge(
                row.shard(),
                new ShardHead(row.offset(), stamp.writer(), stamp.hlc()),
                (a, b) -> b.offset() >= a.offset() ? b : a);
          }
        }
      }
      return new Found(heads, Map.of(), records);
    }

    @Override
    public void close() {}
  }
}
