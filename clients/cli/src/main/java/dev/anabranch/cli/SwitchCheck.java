package dev.anabranch.cli;

import dev.anabranch.connectors.mysql.query.VersionStatus;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What speaks against showing a version to readers. A number of commits alone says little: in a
 * region of 900 commits an empty version is 900 behind.
 *
 * @param ends next offset by shard of what the version follows, as seen before {@code first}'s
 *     successors
 * @param topic id of the topic of views that is followed; empty: none, or not known
 * @param first how the version stood at the first look
 * @param live what readers see now
 */
record SwitchCheck(
    Map<Integer, Long> ends,
    String topic,
    VersionStatus first,
    Optional<VersionStatus> live,
    long maxBehind) {

  /**
   * A reason to refuse.
   *
   * @param mayPass whether it may be gone in a moment
   */
  record Objection(String text, boolean mayPass) {}

  /**
   * @param status how the version stands at this look
   */
  Optional<Objection> objection(VersionStatus status) {
    var now = status.in(topic);
    if (now.switching()) {
      // Readers may see some of its tables already: the way out is forward.
      return Optional.empty();
    }
    if (!now.lost().isEmpty() && now.ofViews()) {
      return refused(
          "%s may show rows that the event store lost: %s; 'anabranch projections list' says what to"
              + " do",
          now.id(), now.lost().get(0).what());
    }
    if (!now.lost().isEmpty()) {
      return refused(
          "%s stands still in %d shards, since the event store lost rows: %s; rebuild it",
          now.id(), now.lost().size(), now.lost().get(0).what());
    }
    var before =
        now.topics().entrySet().stream()
            .filter(each -> ends.containsKey(each.getKey()) && isOther(each.getValue()))
            .count();
    var behind = now.behind(ends);
    var notBegun =
        ends.entrySet().stream()
            .filter(end -> end.getValue() > 0 && next(now, end.getKey()) == 0)
            .count();
    var beyond =
        now.positions().entrySet().stream()
            .filter(
                position ->
                    position.getValue().nextOffset() > ends.getOrDefault(position.getKey(), 0L))
            .count();
    if (before > 0) {
      return passing(
          "%s has read %d partitions of another topic of views than the one that is there now, and has to read"
              + " this one from its first record on; is a projection job with its revision running?",
          now.id(), before);
    }
    if (first == status && beyond > 0) {
      return refused(
          "%s has taken more of %d %s than there is: what it follows lost rows or was made anew;"
              + " rebuild it",
          now.id(), beyond, parts(now));
    }
    if (behind > maxBehind) {
      return refused(
          "%s is %d commits behind; wait until it has caught up ('anabranch projections status %s')",
          now.id(), behind, now.id().projection());
    }
    var parked = live.filter(each -> !each.id().equals(now.id())).map(VersionStatus::parked);
    if (parked.isPresent() && now.parked() > parked.get()) {
      return refused(
          "%s leaves out %d rows that are parked, readers see a version that leaves out %d; see"
              + " 'anabranch projections dead-letters list --projection %s'",
          now.id(), now.parked(), parked.get(), now.id().projection());
    }
    if (notBegun > 0) {
      return passing(
          "%s has not begun %d %s that have something to take; is a projection job with its revision"
              + " running?",
          now.id(), notBegun, parts(now));
    }
    if (behind > 0 && now.rows() <= first.rows()) {
      return passing(
          "%s is %d commits behind and takes none; is a projection job with its revision running?",
          now.id(), behind);
    }
    return Optional.empty();
  }

  private boolean isOther(String id) {
    return !topic.isEmpty() && !id.isEmpty() && !id.equals(topic);
  }

  private static Optional<Objection> refused(String text, Object... values) {
    return Optional.of(new Objection(String.format(Locale.ROOT, text, values), false));
  }

  private static Optional<Objection> passing(String text, Object... values) {
    return Optional.of(new Objection(String.format(Locale.ROOT, text, values), true));
  }

  private static String parts(VersionStatus version) {
    return version.ofViews() ? "partitions" : "shards";
  }

  private static long next(VersionStatus version, int shard) {
    var position = version.positions().get(shard);
    return position == null ? 0 : position.nextOffset();
  }
}
