package dev.anabranch.cli.verify;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The sequences of one aggregate: versions 1, 2, 3 ..., and for each origin dots 1, 2, 3 ..., in
 * the order of the log; and each commit behind all that its decider had seen.
 *
 * <p><b>Bounds.</b> About 200 bytes with its key; a further 100 for each origin but the first and
 * for each tombstone.
 */
final class AggregateCheck {

  private long lastVersion;
  private RegionId firstOrigin;
  private long firstOriginN;
  private Map<RegionId, Long> otherOrigins = Map.of();
  private Set<Dot> hollow = Set.of();

  AggregateCheck(RegionId region) {
    this.firstOrigin = region;
  }

  void accept(LogRow row, Problems problems) {
    if (row.outcome().kind().hasVersion()) {
      checkVersion(row, problems);
    }
    var dot = row.outcome().dot();
    if (dot != null) {
      checkDot(row, dot, problems);
    }
  }

  private void checkVersion(LogRow row, Problems problems) {
    var version = row.outcome().version();
    if (version <= lastVersion) {
      problems.add(
          ProblemKind.VERSION_FORK,
          row.position(),
          row.outcome().aggregate()
              + " gets version "
              + version
              + " again, it is at "
              + lastVersion);
      return;
    }
    if (version != lastVersion + 1) {
      problems.add(
          ProblemKind.VERSION_GAP,
          row.position(),
          row.outcome().aggregate() + " goes from version " + lastVersion + " to " + version);
    }
    lastVersion = version;
  }

  private void checkDot(LogRow row, Dot dot, Problems problems) {
    var last = last(dot.origin());
    if (dot.n() != last + 1 && !fillsTombstone(row, dot)) {
      problems.add(
          ProblemKind.DOT_SEQUENCE,
          row.position(),
          row.outcome().aggregate() + " gets dot " + dot + " after " + dot.origin() + ":" + last);
    }
    checkCauses(row, dot, problems);
    if (row.outcome().kind() == RowKind.TOMBSTONE) {
      hollow = hollow.isEmpty() ? new HashSet<>() : hollow;
      hollow.add(dot);
    }
    advance(dot, Math.max(last, dot.n()));
  }

  /** What it had seen of its own origin is told by its number. */
  private void checkCauses(LogRow row, Dot dot, Problems problems) {
    VectorTime context;
    try {
      context = CausalityBlob.decode(row.outcome().blobs().causality()).context();
    } catch (WireFormatException unreadable) {
      return; // Told of as a rule of the row.
    }
    for (var i = 0; i < context.size(); i++) {
      var origin = context.regionAt(i);
      var seen = context.valueAt(i);
      if (!origin.equals(dot.origin()) && seen > last(origin)) {
        problems.add(
            ProblemKind.EFFECT_BEFORE_CAUSE,
            row.position(),
            row.outcome().aggregate()
                + " gets "
                + dot
                + ", whose decider had seen "
                + new Dot(origin, seen)
                + ", after "
                + origin
                + ":"
                + last(origin));
      }
    }
  }

  /** The payload of a commit that a filter had withheld may come after its tombstone. */
  private boolean fillsTombstone(LogRow row, Dot dot) {
    return row.outcome().kind() != RowKind.TOMBSTONE && !hollow.isEmpty() && hollow.remove(dot);
  }

  private long last(RegionId origin) {
    return origin.equals(firstOrigin) ? firstOriginN : otherOrigins.getOrDefault(origin, 0L);
  }

  private void advance(Dot dot, long n) {
    if (dot.origin().equals(firstOrigin)) {
      firstOriginN = n;
    } else {
      if (otherOrigins.isEmpty()) {
        otherOrigins = new HashMap<>();
      }
      otherOrigins.put(dot.origin(), n);
    }
  }
}
