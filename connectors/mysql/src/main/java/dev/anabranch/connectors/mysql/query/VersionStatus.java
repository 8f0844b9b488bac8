package dev.anabranch.connectors.mysql.query;

import dev.anabranch.query.LostRow;
import dev.anabranch.query.VersionId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a version stands.
 *
 * @param live whether readers see it
 * @param switching whether a switch to it was begun and not finished
 * @param tables that readers see, by name
 * @param ofViews whether it follows views, not events
 * @param positions by shard; by partition of the views topic if it follows views
 * @param topics of which topic it has read each partition, by Kafka's id, if it follows views and
 *     it is known
 * @param parked rows of the log that could not be applied yet, those waiting behind others included
 * @param lost why it stands still in some shards, if it has applied rows that the event store lost
 */
public record VersionStatus(
    VersionId id,
    int revision,
    boolean live,
    boolean switching,
    Instant createdAt,
    List<String> tables,
    boolean ofViews,
    Map<Integer, Position> positions,
    Map<Integer, String> topics,
    long parked,
    List<LostRow> lost) {

  /**
   * Where it is in one shard.
   *
   * @param hlc clock of the last row
   */
  public record Position(long nextOffset, long hlc) {}

  public VersionStatus {
    tables = List.copyOf(tables);
    positions = Map.copyOf(positions);
    topics = Map.copyOf(topics);
    lost = List.copyOf(lost);
  }

  /** What there is and it has not taken; what it has taken beyond an end makes up for nothing. */
  public long behind(Map<Integer, Long> ends) {
    var behind = 0L;
    for (var end : ends.entrySet()) {
      var position = positions.get(end.getKey());
      behind += Math.max(0, end.getValue() - (position == null ? 0 : position.nextOffset()));
    }
    return behind;
  }

  /** Returns the status in which a position in another topic than this one counts for nothing. */
  public VersionStatus in(String topic) {
    if (topic.isEmpty() || topics.isEmpty()) {
      return this;
    }
    var here = new HashMap<>(positions);
    topics.forEach(
        (partition, id) -> {
          if (!id.equals(topic)) {
            here.put(partition, new Position(0, 0));
          }
        });
    return new VersionStatus(
        id, revision, live, switching, createdAt, tables, ofViews, here, topics, parked, lost);
  }

  /** Rows of the log that it has taken, or records of the views topic. */
  public long rows() {
    return positions.values().stream().mapToLong(Position::nextOffset).sum();
  }
}
