package dev.anabranch.operators.replication.intake;

import dev.anabranch.history.Commit;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.PublishedRow;
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
   * @throws WireFormatException if the gate and the graph could not rely on it
   */
  @Nullable PublishedRow take(LogRow row) {
    var kind = row.outcome().kind();
    if (row.outcome().dot() == null && !kind.hasVersion() && kind != RowKind.TOMBSTONE) {
      return isOwn ? new PublishedRow(region, row) : null;
    }
    var commit = read(row);
    var taken = filter == null ? row : filtered(filter, row, commit);
    return taken == null ? null : new PublishedRow(region, taken);
  }

  /** Reads all that gate and graph will, so that nothing is refused behind this place. */
  private static Commit read(LogRow row) {
    var commit = Commit.of(row.outcome());
    if (!commit.node().isHollow()) {
      EventsBlob.types(commit.events());
    }
    return commit;
  }

  private @Nullable LogRow filtered(CommitFilter by, LogRow row, Commit commit) {
    var taken = row;
    try {
      taken = by.apply(row, commit);
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
