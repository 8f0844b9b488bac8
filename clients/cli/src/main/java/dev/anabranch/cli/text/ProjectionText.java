package dev.anabranch.cli.text;

import dev.anabranch.connectors.mysql.query.VersionStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** How far a version of a projection is, for people. */
public final class ProjectionText {

  private static final int MAX_LOST = 10;

  private ProjectionText() {}

  /** Rows of the whole log. */
  public static long end(Map<Integer, Long> ends) {
    return ends.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * @param ends next offset by shard of what the version follows
   * @param progress rows that it took in the measured time
   */
  public static void print(
      VersionStatus version,
      Map<Integer, Long> ends,
      long progress,
      Duration measured,
      Instant now,
      PrintWriter out) {
    var end = end(ends);
    var rows = version.ofViews() ? "views" : "rows";
    var behind = version.behind(ends);
    var rate = progress / (measured.toMillis() / 1e3);
    out.printf(
        Locale.ROOT,
        "%s  revision %d, %s, begun %s%n",
        version.id(),
        version.revision(),
        version.switching()
            ? "a switch to it was not finished: repeat it"
            : version.live() ? "shown to readers" : "not shown to readers",
        Times.shown(version.createdAt().toEpochMilli() * 1_000));
    out.printf(
        Locale.ROOT,
        "  taken %,d of %,d %s (%.1f %%), %,d behind%s%n",
        version.rows(),
        end,
        rows,
        end == 0 ? 100.0 : 100.0 * (end - behind) / end,
        behind,
        age(version, ends, now));
    out.printf(Locale.ROOT, "  %,.0f %s/s%s%n", rate, rows, eta(behind, rate));
    printLost(version, out);
    if (version.parked() > 0) {
      out.printf(
          Locale.ROOT,
          "  %,d rows parked: anabranch projections dead-letters list --projection %s%n",
          version.parked(),
          version.id().projection());
    }
    out.flush();
  }

  /** What is wrong with a version that has applied rows which are lost, and what to do. */
  public static void printLost(VersionStatus version, PrintWriter out) {
    if (version.lost().isEmpty()) {
      return;
    }
    if (version.ofViews()) {
      printDoubts(version, out);
      return;
    }
    out.printf(
        Locale.ROOT,
        "%s stands still in %d shard%s, since the event store lost rows:%n",
        version.id(),
        version.lost().size(),
        version.lost().size() == 1 ? "" : "s");
    printWhat(version, out);
    out.printf(
        Locale.ROOT,
        "  It goes on once the rows are back. If they are gone for good ('anabranch region losses'):%n"
            + "  anabranch projections rebuild %s   then switch, and drop version %d%n",
        version.id().projection(),
        version.id().version());
  }

  private static void printDoubts(VersionStatus version, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s may show rows that the event store lost and a person gave up:%n",
        version.id());
    printWhat(version, out);
    out.printf(
        Locale.ROOT,
        "  If the cross-region job was started with a new topic of views since then:%n"
            + "  anabranch projections rebuild %s   then switch, and drop version %d%n",
        version.id().projection(),
        version.id().version());
  }

  private static void printWhat(VersionStatus version, PrintWriter out) {
    version.lost().stream()
        .limit(MAX_LOST)
        .forEach(
            row -> out.printf(Locale.ROOT, "  shard %d: %s%n", row.position().shard(), row.what()));
    if (version.lost().size() > MAX_LOST) {
      out.println("  ...");
    }
  }

  private static String eta(long behind, double rate) {
    if (behind == 0) {
      return "";
    }
    return rate <= 0
        ? ", no progress: is a projection job with this revision running?"
        : String.format(
            Locale.ROOT, ", there in %s", shown(Duration.ofSeconds((long) (behind / rate))));
  }

  /** Age of the oldest last row over the shards that are behind. */
  private static String age(VersionStatus version, Map<Integer, Long> ends, Instant now) {
    var oldest = Long.MAX_VALUE;
    for (var position : version.positions().entrySet()) {
      if (position.getValue().nextOffset() < ends.getOrDefault(position.getKey(), 0L)) {
        oldest = Math.min(oldest, position.getValue().hlc() >> 16);
      }
    }
    if (oldest == Long.MAX_VALUE) {
      return "";
    }
    return oldest == 0
        ? ", some shards not begun"
        : ", at " + shown(Duration.ofMillis(Math.max(0, now.toEpochMilli() - oldest))) + " ago";
  }

  private static String shown(Duration duration) {
    var seconds = duration.toSeconds();
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7_200
        ? seconds / 60 + " min"
        : seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
  }
}
