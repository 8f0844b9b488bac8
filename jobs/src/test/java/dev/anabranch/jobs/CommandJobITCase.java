package dev.anabranch.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.CrashPoint;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.message.ReplyStatus;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command job on real Kafka, RocksDB and two databases. */
class CommandJobITCase {

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  @Test
  void commandsAreCreatedUpdatedRejectedAndAnswered() {
    region.start();

    var created = region.handle("Purse/a", "deposit 100");
    assertThat(created.status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(created.body().version()).isEqualTo(1);

    var updated = region.handle("Purse/a", "deposit-and-read 20");
    assertThat(updated.body().version()).isEqualTo(2);
    assertThat(updated.body().result()).asString(UTF_8).isEqualTo("120");

    var rejected = region.handle("Purse/a", "withdraw 121");
    assertThat(rejected.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(rejected.body().code()).isEqualTo("too-little");
    assertThat(rejected.body().details()).containsEntry("balance", "120");

    assertThat(region.handle("Purse/a", "nothing").status()).isEqualTo(ReplyStatus.UNCHANGED);
    assertThat(region.handle("Purse/a", "read").body().result())
        .asString(UTF_8)
        .startsWith("120 2 ");

    assertThat(region.stored()).hasSize(5);
    region.verify();
  }

  @Test
  void aRepeatIsAnsweredWithTheOriginalOutcome() {
    region.start();
    var command = RegionUnderTest.purseCommand("Purse/a", "gift");

    var first = region.handle(command);
    var second = region.handle(command);

    assertThat(second.repeated()).isTrue();
    assertThat(second.backing()).isEqualTo(first.backing());
    assertThat(region.stored()).hasSize(1);
    region.verify();
  }

  @Test
  void aSavepointHoldsTheStatesOfEarlierReleases() throws IOException {
    region.start();
    region.handle("Purse/a", "deposit 1");

    var golden = UidsAndStates.golden();
    golden.remove(Uids.INBOUND_SOURCE); // the region is alone
    assertThat(UidsAndStates.of(region.job().stopWithSavepoint())).isEqualTo(golden);
  }

  @Test
  void metricsAreThoseOfTheReference() {
    region.start();
    region.handle("Purse/a", "deposit 1");
    var page = Reference.read("metrics.md");

    var names = region.job().metrics().keySet();

    assertThat(names).contains("anabranch.commandsAccepted");
    assertThat(names).allMatch(name -> page.contains("| `" + name + "` |"));
    assertThat(page.lines().filter(line -> line.startsWith("| `")).count()).isEqualTo(names.size());
  }

  @Test
  void answersAndEventsComeWhenNoCheckpointDoes() {
    region.option("flink.execution.checkpointing.interval", "1 h").start();

    for (var version = 1; version <= 20; version++) {
      var reply = region.handle("Purse/a", "deposit 1");

      assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
      assertThat(reply.body().version()).isEqualTo(version);
    }

    Await.until("the rows in the events topic", () -> region.published().size() == 20);
    // Flink may take one when the job begins.
    assertThat(region.job().checkpoints()).hasSizeLessThanOrEqualTo(1);
    region.verify();
  }

  @Test
  void aTaskFailureUnderLoadLosesAndRepeatsNothing() {
    region.parallelism(2).start();
    try (var load = region.load(50, 1);
        var once = region.once(50, 101)) {
      load.awaitReplies(200);
      for (var point : CrashPoint.values()) {
        var before = region.crashes();
        once.send(50);
        region.crashAt(point);
        load.awaitReplies(300);
        assertThat(region.crashes()).as("crashes at " + point).isEqualTo(before + 1);
      }
      var result = load.stop();
      assertThat(result.count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void rescalingThroughSavepointsUnderLoadLosesAndRepeatsNothing() {
    region.start();
    try (var load = region.load(50, 2);
        var once = region.once(50, 102)) {
      load.awaitReplies(300);
      for (var subtasks : new int[] {2, 1}) {
        once.send(200);
        region.rescale(subtasks);
        once.send(200);
        load.awaitReplies(300);
        expectsEachVersion("Purse/steps-" + subtasks);
        assertThat(region.job().restarts()).isZero();
        assertThat(region.job().metrics().get("anabranch.appendsFenced")).isZero();
      }
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    region.verify();
  }

  @Test
  void transactionsPublishEachRowOnce() {
    region.option("events.delivery", "exactly-once").start();
    try (var load = region.load(20, 3)) {
      load.awaitReplies(100);
      region.crashAt(CrashPoint.BEFORE_REPLY);
      load.awaitReplies(200);
      load.stop();
    }
    region.verify();

    assertThat(region.crashes()).isEqualTo(1);
    assertThat(region.publishedRepeats()).isZero();
  }

  /**
   * As when a transaction expires while the job runs: the broker aborts it, and its rows with it.
   */
  @Test
  void aTransactionThatIsAbortedUnderTheJobIsWrittenAgain() throws Exception {
    region
        .option("events.delivery", "exactly-once")
        .option("flink.execution.checkpointing.interval", "1 h")
        .start();
    region.handle("Purse/a", "deposit 1");
    abortOpenTransactions();
    region.handle("Purse/a", "deposit 2");
    Await.until("a restart", () -> region.job().restarts() > 0);
    region.handle("Purse/a", "deposit 3");

    Await.until(
        "the rows to be published",
        () -> {
          region.job().checkpoint();
          return region.published().size() == 3;
        });
    assertThat(region.publishedRepeats()).isZero();
    region.verify();
  }

  /** The transactions that ended after the savepoint stay committed. */
  @Test
  void anOlderSavepointPublishesInTransactionsAgainWhatCameAfterIt() {
    region.option("events.delivery", "exactly-once").start();
    region.handle("Purse/a", "deposit 1");
    var older = region.job().savepoint();
    region.handle("Purse/a", "deposit 2");
    Await.until("both rows to be published", () -> region.published().size() == 2);
    region.job().kill();

    region.startFrom(older);
    region.handle("Purse/a", "deposit 3");

    Await.until("the third row to be published", () -> region.published().size() == 3);
    assertThat(region.publishedRepeats()).isOne();
    region.verify();
  }

  /** The savepoint has its row as published, and the broker waits no longer than it was told to. */
  @Test
  void aTransactionThatExpiredBeforeItsJobCameBackLeavesAGapThatCanBeFilled() throws Exception {
    region
        .option("events.delivery", "exactly-once")
        .option("flink.execution.checkpointing.interval", "1 h")
        .start();
    region.handle("Purse/a", "deposit 1");
    var savepoint = region.job().savepoint();
    region.job().kill();
    abortOpenTransactions();

    region.startFrom(savepoint);
    region.handle("Purse/a", "deposit 2");
    Await.until(
        "the aborted row, and the one behind it",
        () -> region.messages("events." + region.name()).size() == 2);
    region.job().checkpoint();
    assertThat(region.job().restarts()).as("the job goes on").isZero();
    assertThat(region.published()).as("a reader waits at the gap").isEmpty();
    assertThat(region.stored()).hasSize(2);

    region.republish(region.stored().get(0));

    Await.until("both rows in order", () -> region.published().size() == 2);
    assertThat(region.publishedRepeats()).isZero();
    assertThatThrownBy(region::verify)
        .as("nothing but the order of the records, which readers mend")
        .hasMessageEndingWith(":\n  events topic: 1 rows came before the one before");
  }

  /** As the broker does when their time is up. */
  private void abortOpenTransactions() throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", region.kafka().bootstrapServers()))) {
      var open =
          Await.value(
              "an open transaction",
              () -> {
                var ids =
                    admin.listTransactions().all().get().stream()
                        .filter(each -> each.state() == TransactionState.ONGOING)
                        .map(TransactionListing::transactionalId)
                        .filter(id -> id.contains(region.name()))
                        .toList();
                return ids.isEmpty() ? Optional.empty() : Optional.of(ids);
              });
      admin.fenceProducers(open).all().get();
    }
  }

  /** Who knows the version is never told that it is another one. */
  private void expectsEachVersion(String purse) {
    for (var version = 0; version < 20; version++) {
      var command = RegionUnderTest.purseCommand(purse, "deposit 1").withExpectedVersion(version);
      assertThat(region.handle(command).status()).isEqualTo(ReplyStatus.ACCEPTED);
    }
  }
}
