package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.replica.Rows;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.WireFormatException;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is taken of a region's log, whichever way its rows come. */
final class IntakeRules {

  private static final Logger LOG = LoggerFactory.getLogger(IntakeRules.class);

  private final String region;
  private final boolean isOwn;
  private final @Nullable CommitFilter filter;
  private final Counter filtered;

  private IntakeRules(
      String region, boolean isOwn, @Nullable CommitFilter filter, Counter filtered) {
    this.region = region;
    this.isOwn = isOwn;
    this.filter = filter;
    this.filtered = filtered;
  }

  /**
   * @param region whose log it is
   * @param isOwn whether it is the job's own region, of which everything is taken
   */
  static IntakeRules of(
      String region,
      boolean isOwn,
      PeerFilter spec,
      DomainLoader domain,
      ClassLoader userCode,
      Counter filtered) {
    var filter =
        isOwn || spec.equals(PeerFilter.NONE)
            ? null
            : CommitFilter.of(spec, domain.load(userCode), userCode);
    return new IntakeRules(region, isOwn, filter, filtered);
  }

  /**
   * The row as it is to be merged; null: nothing of it is.
   *
   * @throws IllegalArgumentException if the gate and the graph could not rely on it
   * @throws WireFormatException likewise
   */
  @Nullable PublishedRow take(LogRow row) {
    check(row);
    if (isOwn) {
      return new PublishedRow(region, row);
    }
    if (row.outcome().dot() == null) {
      return null;
    }
    var taken = filter == null ? row : filtered(filter, row);
    return taken == null ? null : new PublishedRow(region, taken);
  }

  private static void check(LogRow row) {
    if (row.outcome().dot() == null) {
      if (row.outcome().kind().hasVersion() || row.outcome().kind() == RowKind.TOMBSTONE) {
        throw new WireFormatException("a " + row.outcome().kind() + " without a dot");
      }
      return;
    }
    var node = Rows.node(row);
    if (!node.isHollow()) {
      EventsBlob.types(row.outcome().blobs().events());
    }
  }

  private @Nullable LogRow filtered(CommitFilter by, LogRow row) {
    var taken = row;
    try {
      taken = by.apply(row);
    } catch (Throwable e) {
      LOG.error(
          "The filter of region {} throws for {}: the commit is taken",
          region,
          row.outcome().aggregate(),
          ApplicationCode.loggable(e));
    }
    if (taken != row) {
      filtered.inc();
    }
    return taken;
  }
}
