package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.mysql.query.VersionStatus;
import dev.anabranch.model.LogPosition;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Versions that readers are to see, or not, of a log that holds few commits. */
class SwitchCheckTest {

  private static final Map<Integer, Long> ENDS = Map.of(0, 10L, 1, 20L, 2, 0L);
  private static final VersionStatus LIVE = version(1, true, false, 2, 10, 20, 0);

  @Test
  void aVersionThatIsAtTheEndIsReady() {
    assertThat(check(version(2, 10, 20, 0))).isEmpty();
    assertThat(check(version(2, true, true, 9, 0, 0, 0))).as("a switch to be finished").isEmpty();
  }

  @Test
  void anEmptyVersionIsRefusedHoweverShortTheLogIs() {
    assertThat(check(version(2, 0, 0, 0))).hasValueSatisfying(o -> has(o, "not begun 2 shards"));
    assertThat(check(version(2, 10, 0, 0))).hasValueSatisfying(o -> has(o, "not begun 1 shards"));
  }

  @Test
  void aVersionThatTakesNothingIsRefusedAndOneThatFollowsIsNot() {
    var first = version(2, 9, 20, 0);
    var check = new SwitchCheck(ENDS, "", first, Optional.of(LIVE), 1_000);

    assertThat(check.objection(version(2, 9, 20, 0)))
        .hasValueSatisfying(o -> has(o, "1 commits behind and takes none"))
        .hasValueSatisfying(o -> assertThat(o.mayPass()).isTrue());
    assertThat(check.objection(version(2, 9, 21, 0))).isEmpty();
    assertThat(check.objection(version(2, 10, 25, 3))).as("the log has grown").isEmpty();
  }

  @Test
  void aVersionThatIsFarBehindIsRefused() {
    assertThat(
            new SwitchCheck(ENDS, "", LIVE, Optional.of(LIVE), 4).objection(version(2, 5, 20, 0)))
        .hasValueSatisfying(o -> has(o, "5 commits behind; wait"))
        .hasValueSatisfying(o -> assertThat(o.mayPass()).isFalse());
  }

  @Test
  void aVersionThatLeavesOutMoreThanTheLiveOneIsRefused() {
    assertThat(check(version(2, false, false, 3, 10, 20, 0)))
        .hasValueSatisfying(o -> has(o, "leaves out 3 rows"));
    assertThat(check(version(2, false, false, 2, 10, 20, 0))).isEmpty();
  }

  @Test
  void aVersionThatHasTakenMoreThanThereIsIsRefusedAndMakesUpForNoOtherShard() {
    assertThat(check(version(2, 500, 0, 0)))
        .hasValueSatisfying(o -> has(o, "taken more of 1 shards than there is"));
    assertThat(version(2, 500, 0, 0).behind(ENDS)).isEqualTo(20);
  }

  @Test
  void aVersionThatHasReadAnotherTopicOfViewsIsBehindByAllOfTheOneThatIsThere() {
    var positions =
        Map.of(
            0, new VersionStatus.Position(500, 1),
            1, new VersionStatus.Position(20, 1),
            2, new VersionStatus.Position(0, 0));
    var version =
        new VersionStatus(
            new VersionId("balances", 2),
            1,
            false,
            false,
            Instant.EPOCH,
            List.of("balances"),
            true,
            positions,
            Map.of(0, "before", 1, "now"),
            0,
            List.of());

    assertThat(version.in("now").behind(ENDS)).isEqualTo(10);
    assertThat(version.in("before").behind(ENDS)).isEqualTo(20);
    assertThat(version.in("").behind(ENDS)).isZero();
    assertThat(new SwitchCheck(ENDS, "now", version, Optional.empty(), 1_000).objection(version))
        .hasValueSatisfying(o -> has(o, "read 1 partitions of another topic of views"));
    // A topic with fewer partitions than the one before: what was read of others says nothing.
    assertThat(
            new SwitchCheck(Map.of(1, 20L), "now", version, Optional.empty(), 1_000)
                .objection(version))
        .isEmpty();
  }

  @Test
  void aVersionThatHasAppliedLostRowsIsRefused() {
    var lost = new LostRow(new LogPosition(1, 19), 1L << 16, "it has applied row 1:19", 1);
    assertThat(check(version(2, false, false, 0, List.of(lost), 10, 20, 0)))
        .hasValueSatisfying(o -> has(o, "the event store lost rows: it has applied row 1:19"))
        .hasValueSatisfying(o -> assertThat(o.mayPass()).isFalse());
  }

  // -- Inside.

  private static Optional<SwitchCheck.Objection> check(VersionStatus version) {
    return new SwitchCheck(ENDS, "", version, Optional.of(LIVE), 1_000).objection(version);
  }

  private static void has(SwitchCheck.Objection objection, String text) {
    assertThat(objection.text()).contains(text);
  }

  private static VersionStatus version(int number, long... positions) {
    return version(number, false, false, 0, positions);
  }

  private static VersionStatus version(
      int number, boolean live, boolean switching, long parked, long... positions) {
    return version(number, live, switching, parked, List.of(), positions);
  }

  private static VersionStatus version(
      int number,
      boolean live,
      boolean switching,
      long parked,
      List<LostRow> lost,
      long... positions) {
    var byShard =
        java.util.stream.IntStream.range(0, positions.length)
            .boxed()
            .collect(
                Collectors.toMap(s -> s, s -> new VersionStatus.Position(positions[s], 1L << 16)));
    return new VersionStatus(
        new VersionId("balances", number),
        1,
        live,
        switching,
        Instant.EPOCH,
        List.of("balances"),
        false,
        byShard,
        Map.of(),
        parked,
        lost);
  }
}
