package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.ReplyStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Servers and connections fail under load; the job waits, goes on, and nothing is lost or doubled.
 * Beside the load, whose client sends again what is not answered, commands are sent once.
 */
class OutagesITCase {

  private static final int SHARDS = 64;

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  @Test
  void aDatabaseKilledUnderLoadAndRestarted() {
    region.start();
    try (var load = region.load(50, 11);
        var once = region.once(50, 111)) {
      load.awaitReplies(200);
      once.send(200);
      region.database(0).kill();
      once.send(200);
      region.database(0).restart();
      load.awaitReplies(300);
      region.database(1).kill();
      region.database(1).restart();
      load.awaitReplies(300);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void kafkaStoppedUnderLoadAndRestarted() {
    region.start();
    try (var load = region.load(50, 12);
        var once = region.once(50, 112)) {
      load.awaitReplies(200);
      once.send(200);
      region.kafka().stop();
      region.kafka().restart();
      once.send(200);
      load.awaitReplies(300);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void kafkaKilledUnderLoadAndRestarted() {
    region.start();
    try (var load = region.load(50, 14);
        var once = region.once(50, 114)) {
      for (var round = 0; round < 2; round++) {
        load.awaitReplies(200);
        once.send(200);
        region.kafka().kill();
        region.kafka().restart();
      }
      load.awaitReplies(300);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void theAnswerToAnInsertIsLost() {
    region.start();
    region.handle("Purse/a", "gift");
    var shard = Shards.shardOf("Purse/a", SHARDS);
    var proxy = region.databaseProxy(shard < SHARDS / 2 ? 0 : 1);

    for (var i = 0; i < 5; i++) {
      var before = proxy.droppedResponses();
      proxy.dropResponseTo("insert");
      assertThat(region.handle("Purse/a", "coin").repeated()).isFalse();
      assertThat(proxy.droppedResponses()).isEqualTo(before + 1);
    }

    assertThat(region.stored()).hasSize(6);
    region.verify();
  }

  @Test
  void connectionsToBothDatabasesAreCutUnderLoad() {
    region.parallelism(2).start();
    try (var load = region.load(50, 13);
        var once = region.once(50, 113)) {
      for (var round = 0; round < 4; round++) {
        load.awaitReplies(150);
        once.send(100);
        var proxy = region.databaseProxy(round % 2);
        proxy.cut();
        proxy.heal();
      }
      load.awaitReplies(200);
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void whileOneDatabaseIsDownTheOtherShardsGoOnAndCheckpointsToo() {
    region.start();
    var away = purseIn(0);
    var here = purseIn(1);
    region.handle(away, "deposit 1");
    region.handle(here, "deposit 1");

    region.database(0).kill();
    var waiting = region.send(purseCommand(away, "gift"));
    for (var i = 0; i < 50; i++) {
      assertThat(region.handle(here, "deposit 1").status()).isEqualTo(ReplyStatus.ACCEPTED);
    }
    var checkpoint = region.job().checkpoint();
    assertThat(waiting).isNotDone();

    region.job().kill();
    region.startFrom(checkpoint);
    assertThat(region.handle(here, "deposit 1").status()).isEqualTo(ReplyStatus.ACCEPTED);

    region.database(0).restart();
    assertThat(waiting.join().status()).isEqualTo(ReplyStatus.ACCEPTED);
    Await.until("both purses in the store", () -> region.stored().size() == 54);
    region.verify();
  }

  /** It takes bytes and says nothing: only the timeout of the socket tells. */
  @Test
  void aDatabaseThatFreezesUnderLoadIsToldOfAndNothingIsLost() {
    region.start();
    var here = purseIn(1);
    region.handle(here, "deposit 1");
    region.handle(purseIn(0), "deposit 1");
    try (var once = region.once(50, 16)) {
      once.send(100);
      region.databaseProxy(0).blackhole();
      once.send(200);
      Await.until(
          "a lane that is down",
          () -> region.job().metrics().getOrDefault("anabranch.lanesDown", 0L) > 0);
      assertThat(region.handle(here, "deposit 1").status()).isEqualTo(ReplyStatus.ACCEPTED);
      region.job().checkpoint();

      region.databaseProxy(0).heal();
      once.awaitOutcomes();
      Await.until(
          "no lane that is down",
          () -> region.job().metrics().getOrDefault("anabranch.lanesDown", 1L) == 0);
    }
    region.verify();
  }

  @Test
  void asManyWaitingCommandsAsMayWaitStopTheJobUntilTheDatabaseIsBack() {
    region.option("commit.max-rows", "10").option("commit.max-pending", "20").start();
    var away = purseIn(0);
    var here = purseIn(1);
    region.handle(away, "deposit 1");
    region.handle(here, "deposit 1");

    region.database(0).kill();
    try (var once = region.once(1, 15)) {
      for (var i = 0; i < 100; i++) {
        once.send(purseCommand(away, "deposit 1"));
      }
      once.acknowledged();
      // At most one more has been taken from the topic, and waits for a place.
      Await.until(
          "no more to be taken in",
          () -> region.job().metrics().getOrDefault("anabranch.commandsPending", 0L) >= 20);
      var stopped = region.send(purseCommand(here, "deposit 1"));
      assertThat(region.job().metrics().get("anabranch.commandsPending")).isLessThanOrEqualTo(21);
      assertThat(stopped).isNotDone();

      region.database(0).restart();

      assertThat(stopped.join().status()).isEqualTo(ReplyStatus.ACCEPTED);
      once.awaitOutcomes();
    }
    assertThat(region.stored()).hasSize(103);
    region.verify();
  }

  private static String purseIn(int database) {
    for (var i = 0; ; i++) {
      var key = "Purse/p" + i;
      if ((Shards.shardOf(key, SHARDS) < SHARDS / 2 ? 0 : 1) == database) {
        return key;
      }
    }
  }
}
