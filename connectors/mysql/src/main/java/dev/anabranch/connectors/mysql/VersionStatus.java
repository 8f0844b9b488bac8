package dev.anabranch.connectors.mysql;

import dev.anabranch.query.VersionId;
import java.time.Instant;
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
 * @param parked rows of the log that could not be applied yet, those waiting behind others included
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
    long parked) {

  /**
   * Where it is in one shard.
   *
   * @param hlc clock of the last row
   */
  public record Position(long nextOffset, long hlc) {}

  public VersionStatus {
    tables = List.copyOf(tables);
    positions = Map.copyOf(positions);
  }

  /** Rows of the log that it has taken, or records of the views topic. */
  public long rows() {
    return positions.values().stream().mapToLong(Position::nextOffset).sum();
  }
}
