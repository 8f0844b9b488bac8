package dev.anabranch.query;

import dev.anabranch.model.LogPosition;
import dev.anabranch.projection.RowChange;
import java.util.List;

/**
 * Everything that some rows of the log do to one version, in one transaction.
 *
 * @param writer random id of the claim under which it is made
 * @param advances in ascending order of shards, at least one, each shard once
 * @param changes at most one for each row of a table, in any order; all deletions are made first
 * @param park rows that are left out, to be remembered; a row that is parked already gets the new
 *     reason, and what was asked for about it is done
 * @param unpark rows that were parked and are applied or discarded by this batch
 * @param views which view of each aggregate the changes show, if they come from views
 */
public record QueryBatch(
    VersionId version,
    long writer,
    List<ShardAdvance> advances,
    List<RowChange> changes,
    List<ParkedRow> park,
    List<LogPosition> unpark,
    List<ViewMark> views) {

  /** A batch of rows of the log. */
  public QueryBatch(
      VersionId version,
      long writer,
      List<ShardAdvance> advances,
      List<RowChange> changes,
      List<ParkedRow> park,
      List<LogPosition> unpark) {
    this(version, writer, advances, changes, park, unpark, List.of());
  }

  public QueryBatch {
    advances = List.copyOf(advances);
    changes = List.copyOf(changes);
    park = List.copyOf(park);
    unpark = List.copyOf(unpark);
    views = List.copyOf(views);
    if (advances.isEmpty()) {
      throw new IllegalArgumentException("a batch without a shard");
    }
  }
}
