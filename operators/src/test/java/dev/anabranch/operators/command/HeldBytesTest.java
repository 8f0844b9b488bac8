package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commits of another region whose causes don't come, each of a megabyte. */
@Timeout(120)
class HeldBytesTest {

  private static final List<String> ALL = List.of("a", "b");
  private static final int MEGABYTE = 1 << 20;
  private static final int ROOM = (int) (HeldAggregates.MAX_BYTES / MEGABYTE) - 1;
  private static final int MORE = 5;

  @Test
  void whatWaitsIsBoundedInBytesAndWhatFindsNoRoomIsToldOf() throws Exception {
    try (var a = new RegionHarness("a", ALL);
        var b = new RegionHarness("b", ALL)) {
      for (var i = 0; i < ROOM + MORE; i++) {
        a.handle("Auto/" + i, "c1", "add x");
        a.handle("Auto/" + i, "c2", "add y");
      }
      for (var i = 0; i < ROOM + MORE; i++) {
        b.receive(large(commit(a, i, 2)), "a");
      }
      b.operator().settle();
      assertRefused(b, MORE);
      assertThat(b.operator().shards().remoteBytesHeld())
          .isBetween((long) ROOM * MEGABYTE, HeldAggregates.MAX_BYTES);

      b.operator().checkpoint();
      b.operator().crashWithoutReplay();
      // What a lane's aggregates hold is counted when its tail is read; the lanes differ in time.
      b.operator()
          .pumpUntil(() -> b.operator().shards().remoteBytesHeld() >= (long) ROOM * MEGABYTE);
      b.receive(large(commit(a, ROOM, 2)), "a");
      b.operator().settle();
      assertRefused(b, MORE + 1);

      b.receive(commit(a, 0, 1), "a");
      b.operator().settle();
      assertThat(b.commits()).hasSize(2);
      b.receive(large(commit(a, ROOM, 2)), "a");
      b.operator().settle();
      assertRefused(b, MORE + 1);

      for (var i = 1; i <= ROOM; i++) {
        b.receive(commit(a, i, 1), "a");
      }
      b.operator().settle();
      assertThat(b.commits()).hasSize(2 * (ROOM + 1));
      assertThat(b.operator().shards().remoteBytesHeld()).isZero();
    }
  }

  /** They are counted once a start, whatever release has written them. */
  @Test
  void aPayloadInThePlaceOfItsTombstoneCountsOnce() throws Exception {
    try (var a = new RegionHarness("a", ALL);
        var b = new RegionHarness("b", ALL)) {
      a.handle("Auto/1", "c1", "add x");
      a.handle("Auto/1", "c2", "add y");
      var second = a.commits().get(1);
      b.receive(RegionHarness.tombstoneOf(second), "a");
      b.receive(large(second), "a");
      b.receive(large(second), "a");
      b.operator().settle();
      var held = b.operator().shards().remoteBytesHeld();
      assertThat(held).isBetween((long) MEGABYTE, MEGABYTE + 2_000L);

      b.operator().checkpoint();
      b.operator().crashWithoutReplay();
      b.operator().pumpUntil(() -> b.operator().shards().remoteBytesHeld() == held);

      b.receive(a.commits().get(0), "a");
      b.operator().settle();
      assertThat(b.dots()).containsExactly("a:1", "a:2");
      assertThat(b.operator().shards().remoteBytesHeld()).isZero();
      assertThat(b.operator().entriesOf(FlinkCommandState.GATE, "Auto/1")).isZero();
    }
  }

  /** Each looked at all that is held, and once more for each of them. */
  @Test
  @Timeout(30)
  void ownCommitsDoNotLookThroughAllThatWaitsForOthers() throws Exception {
    try (var a = new RegionHarness("a", ALL);
        var b = new RegionHarness("b", ALL)) {
      for (var i = 1; i <= 1_500; i++) {
        a.operator().send("Auto/1", "c" + i, "add x");
        if (i % 100 == 0) {
          a.operator().settle();
        }
      }
      var commits = a.commits();
      for (var commit : commits.subList(1, commits.size())) {
        b.receive(commit, "a");
      }
      for (var i = 1; i <= 10; i++) {
        b.handle("Auto/1", "own" + i, "add y");
      }
      assertThat(b.dots()).hasSize(10);
    }
  }

  private static void assertRefused(RegionHarness region, int count) {
    assertThat(region.operator().deadLetters())
        .hasSize(count)
        .allSatisfy(
            letter -> {
              assertThat(letter.code()).isEqualTo(ErrorCodes.NO_ROOM_TO_HOLD);
              assertThat(letter.message()).contains("a:1", "anabranch events republish");
            });
  }

  private static LogRow commit(RegionHarness region, int aggregate, int n) {
    return region.commits().stream()
        .filter(row -> row.outcome().aggregate().id().equals(Integer.toString(aggregate)))
        .filter(row -> row.outcome().dot().n() == n)
        .findAny()
        .orElseThrow();
  }

  /** The same commit with an event of a megabyte. */
  private static LogRow large(LogRow row) {
    var outcome = row.outcome();
    var text = new byte[MEGABYTE];
    Arrays.fill(text, (byte) 'y');
    var blobs = outcome.blobs();
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            outcome.slot(),
            outcome.dot(),
            outcome.stamp(),
            new Blobs(
                blobs.causality(),
                blobs.metadata(),
                blobs.reply(),
                EventsBlob.encode(List.of(new EncodedMessage("event", 1, text)))))
        .at(row.shard(), row.offset());
  }
}
