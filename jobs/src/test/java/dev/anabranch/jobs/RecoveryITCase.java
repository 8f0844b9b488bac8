package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.CrashPoint;
import dev.anabranch.jobs.region.PurseDomain;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Crashes at each point of a row's way, and starts from each kind of checkpoint, with deciders that
 * toss coins: the stored history wins, and repeats get the original answers.
 */
class RecoveryITCase {

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  /** What the job is started from. */
  enum StartFrom {
    LATEST(r -> r.job().latestCheckpoint()),
    OLDEST(r -> Optional.of(r.job().checkpoints().get(0))),
    NOTHING(r -> Optional.empty());

    private final Function<RegionUnderTest, Optional<String>> path;

    StartFrom(Function<RegionUnderTest, Optional<String>> path) {
      this.path = path;
    }
  }

  @ParameterizedTest
  @EnumSource(CrashPoint.class)
  void aTaskThatDiesOnTheWayOfARowChangesNoOutcome(CrashPoint point) {
    region.start();
    region.handle("Purse/a", "gift");
    region.crashAt(point);
    var replies = new ArrayList<CommandReply>();
    var commands = List.of("gift", "coin", "gift", "coin");
    var sent = commands.stream().map(text -> purseCommand("Purse/a", text)).toList();

    sent.forEach(command -> replies.add(region.handle(command)));

    assertThat(region.crashes()).isEqualTo(1);
    for (var i = 0; i < sent.size(); i++) {
      assertThat(region.handle(sent.get(i)).backing()).isEqualTo(replies.get(i).backing());
    }
    assertThat(region.stored()).hasSize(5);
    region.verify();
  }

  @ParameterizedTest
  @EnumSource(StartFrom.class)
  void aStartReadsWhatTheStoreHasBeyondIt(StartFrom from) {
    region.start();
    var original = new HashMap<String, CommandReply>();
    try (var load = region.load(20, 7);
        var once = region.once(20, 107)) {
      load.awaitReplies(150);
      once.send(50);
      region.job().checkpoint();
      once.send(50);
      load.awaitReplies(150);
      for (var sent : load.stop().sent()) {
        original.put(sent.command().commandId(), sent.reply().join());
      }
      once.send(50);
      // Only a dead job's checkpoints stay: a running one drops the oldest.
      region.job().kill();
      var path = from.path.apply(region);

      if (path.isPresent()) {
        region.startFrom(path.get());
      } else {
        region.start();
      }

      for (var sent : load.stop().sent()) {
        var repeat = region.handle(sent.command());
        var first = original.get(sent.command().commandId());
        assertThat(repeat.status()).isEqualTo(first.status());
        assertThat(repeat.backing()).isEqualTo(first.backing());
        assertThat(repeat.body().version()).isEqualTo(first.body().version());
        assertThat(repeat.body().code()).isEqualTo(first.body().code());
        assertThat(repeat.body().result()).isEqualTo(first.body().result());
      }
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void taskManagersKilledUnderLoadLoseAndRepeatNothing() {
    region.parallelism(2).start();
    try (var load = region.load(50, 3);
        var once = region.once(50, 103)) {
      load.awaitReplies(200);
      once.send(200);
      region.killTaskManagers();
      once.send(200);
      load.awaitReplies(300);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void whoWasToldRejectedStaysRejectedOnARicherState() {
    region.start();
    var withdraw = purseCommand("Purse/a", "withdraw 10");
    assertThat(region.handle(withdraw).status()).isEqualTo(ReplyStatus.REJECTED);
    region.handle("Purse/a", "deposit 100");
    region.job().kill();
    region.start();

    var repeat = region.handle(withdraw);

    assertThat(repeat.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(repeat.repeated()).isTrue();
    region.verify();
  }

  @Test
  void repeatsOutsideTheWindowGetTheOriginalAnswers() {
    region.option("aggregates.command-window", "2").start();
    var accepted = purseCommand("Purse/a", "gift");
    var rejected = purseCommand("Purse/a", "withdraw 999999999");
    var first = List.of(region.handle(accepted), region.handle(rejected));
    for (var i = 0; i < 10; i++) {
      region.handle("Purse/a", "deposit 1000000000");
    }

    assertThat(region.handle(accepted).backing()).isEqualTo(first.get(0).backing());
    var repeat = region.handle(rejected);
    assertThat(repeat.backing()).isEqualTo(first.get(1).backing());
    assertThat(repeat.status()).isEqualTo(ReplyStatus.REJECTED);
    region.verify();
  }

  @Test
  void unalignedCheckpointsAndRescalingKeepEachShardsOrder() {
    region.option("flink.execution.checkpointing.unaligned.enabled", "true").start();
    try (var load = region.load(50, 5);
        var once = region.once(50, 105)) {
      load.awaitReplies(300);
      once.send(200);
      region.rescale(2);
      once.send(200);
      load.awaitReplies(300);
      load.awaitReplies(100);
      region.job().kill();
      region.parallelism(1).startFrom(region.job().latestCheckpoint().orElseThrow());
      load.awaitReplies(300);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void recordsInFlightInAnUnalignedCheckpointAreNotLost() {
    region.option("flink.execution.checkpointing.unaligned.enabled", "true").start();
    var commands = 1_000;
    try (var once = region.once(1, 6)) {
      PurseDomain.slowly(
          Duration.ofMillis(20),
          () -> {
            Await.until(
                "records in flight in a checkpoint",
                () -> {
                  once.keepUnderWay(
                      commands, () -> purseCommand("Purse/" + once.sent() % 10, "slow 1"));
                  return region.job().inFlightBytes() > 0;
                });
            region.job().kill();
            assertThat(once.acknowledged()).hasSize(once.sent());
          });
      assertThat(region.stored()).hasSizeLessThan(once.sent());

      region.startFrom(region.job().latestCheckpoint().orElseThrow());

      once.awaitOutcomes();
    }
    region.verify();
  }
}
