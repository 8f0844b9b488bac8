package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.message.ReplyStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two jobs on one region by mistake: they fence each other, and the log stays one. */
class TwoJobsITCase {

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  @Test
  void twoJobsOfOneGroupNeverForkTheLogAndOneGoesOnAlone() {
    var first = region.start();
    region.handle("Purse/a", "deposit 1");
    var second = region.submit(null, Map.of());
    second.awaitRunning();
    try (var load = region.load(20, 21);
        var once = region.once(20, 121)) {
      once.send(50);
      load.awaitReplies(100);
      Await.until(
          "a fence", () -> (first.lastFailure() + second.lastFailure()).contains("another writer"));
      once.send(50);
      first.kill();
      load.awaitReplies(200);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void twoJobsThatReadTheSameCommandsAnswerAlike() {
    region.start();
    var second = region.submit(null, Map.of("commands.group-id", "other-" + region.name()));
    second.awaitRunning();
    try (var load = region.load(20, 22);
        var once = region.once(20, 122)) {
      for (var round = 0; round < 3; round++) {
        once.send(20);
        load.awaitReplies(60);
        region.databaseProxy(round % 2).cut();
        region.databaseProxy(round % 2).heal();
      }
      load.awaitReplies(60);
      region.job().kill();
      once.send(20);
      load.awaitReplies(60);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void theOneThatIsLeftAnswersRepeatsOfTheOther() {
    var first = region.start();
    var command = purseCommand("Purse/a", "coin");
    var original = region.handle(command);
    var second = region.submit(null, Map.of());
    second.awaitRunning();
    first.kill();

    assertThat(region.handle(command).backing()).isEqualTo(original.backing());
    region.verify();
  }
}
