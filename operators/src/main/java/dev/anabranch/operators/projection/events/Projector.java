package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogRow;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.RowChange;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What rows of the log change, according to one projection. No I/O, no state. */
public final class Projector {

  private final Projection projection;
  private final String region;

  public Projector(Projection projection, String region) {
    this.projection = projection;
    this.region = region;
  }

  /** Changes of several log rows, one for each table row. */
  static final class Changes {
    private final Map<RowChange.RowId, RowChange> byRow = new LinkedHashMap<>();

    /**
     * @throws IllegalArgumentException if a sum is more than its column takes
     */
    void add(List<RowChange> changes) {
      for (var change : changes) {
        byRow.merge(change.id(), change, RowChange::then);
      }
    }

    List<RowChange> all() {
      return List.copyOf(byRow.values());
    }
  }

  /** Whether the projection takes what the row holds. */
  boolean isOfInterest(LogRow row) {
    var outcome = row.outcome();
    return outcome.kind().hasVersion()
        && outcome.blobs().events().length > 0
        && projection.aggregateTypes().contains(outcome.aggregate().type());
  }

  /**
   * The changes that the row's events ask for, in order.
   *
   * @throws RuntimeException if an event can't be decoded or its handler fails
   */
  List<RowChange> changes(LogRow row) {
    var outcome = row.outcome();
    var dot = outcome.dot();
    var context =
        new ProjectionContext(
            outcome.aggregate().type(),
            outcome.aggregate().id(),
            outcome.version(),
            0,
            outcome.commandId(),
            dot == null ? region : dot.origin().value(),
            Instant.EPOCH.plus(outcome.stamp().occurredAtMicros(), ChronoUnit.MICROS),
            MetadataBlob.decode(outcome.blobs().metadata()));
    return projection.changes(EventsBlob.decode(outcome.blobs().events()), context);
  }
}
