package dev.anabranch.projection;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an event comes from. All of it is stored with the event, so that a rebuild sees the same.
 *
 * @param aggregateId id within the type, without the type
 * @param version of the aggregate, that the event's commit made; the same for all events of it
 * @param index of the event in its commit, from 0; with aggregate and version it identifies the
 *     event in this region
 * @param commandId of the command that was decided; null if no command of this region stands behind
 * @param region where the event was decided
 * @param timestamp when, to the microsecond
 * @param metadata that came with the command
 */
public record ProjectionContext(
    String aggregateType,
    String aggregateId,
    long version,
    int index,
    @Nullable String commandId,
    String region,
    Instant timestamp,
    Map<String, String> metadata) {

  public ProjectionContext {
    metadata = Map.copyOf(metadata);
  }
}
