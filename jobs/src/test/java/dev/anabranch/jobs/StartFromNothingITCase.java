package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.Command;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.PurseDomain;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A start without a checkpoint, behind whose back something was under way: commands that only a
 * checkpoint held, or an insert of an attempt that is gone. Commands are sent once: no client saves
 * what a region loses.
 */
class StartFromNothingITCase {

  private static final int SHARDS = 64;
  private static final int IN_FLIGHT = 500;

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  /**
   * Subtask 0 owns shards 0 to 31, all of them in database 0: it has no other one to note it in.
   */
  @Test
  void whatASubtaskParkedIsReadAgainByAStartFromNothing() throws Exception {
    region.parallelism(2).start();
    var away = purseIn(0);
    try (var once = region.once(1, 21)) {
      region.handle(away, "deposit 1");
      region.database(0).kill();
      once.send(purseCommand(away, "deposit 2"));
      once.acknowledged();
      awaitGroupAt(2);

      region.job().kill();
      region.database(0).restart();
      region.start();

      once.awaitOutcomes();
    }
    assertThat(region.stored()).hasSize(2);
    region.verify();
  }

  /** Records on their way to the operator are behind the offsets that the group has. */
  @Test
  void whatWasInFlightInAnUnalignedCheckpointIsReadAgainByAStartFromNothing() throws Exception {
    region.option("flink.execution.checkpointing.unaligned.enabled", "true").start();
    try (var once = region.once(1, 22)) {
      PurseDomain.slowly(
          Duration.ofMillis(100),
          () -> {
            Await.until(
                "the group in front of what has a row",
                () -> {
                  once.keepUnderWay(
                      IN_FLIGHT, () -> purseCommand("Purse/" + once.sent() % 10, "slow 1"));
                  return group() > region.stored().size();
                });
            region.job().kill();
            assertThat(once.acknowledged()).hasSize(once.sent());
          });
      assertThat((long) region.stored().size())
          .as("the test needs work in flight")
          .isLessThan(group());

      region.parallelism(4).start();

      once.awaitOutcomes();
      assertThat(region.stored()).hasSize(once.sent());
    }
    region.verify();
  }

  /**
   * An attempt that was killed has left an insert in the server, which waits for a lock. The next
   * one finds no row of the command, whose decider throws by now, and must not say so yet.
   */
  @Test
  void anInsertOfAKilledAttemptThatEndsLateIsTheOutcomeAndNotAnError() throws Exception {
    region.start();
    var at = region.handle("Purse/a", "deposit 5").backing().position();
    region.job().kill();
    var command = purseCommand("Purse/a", "throw");
    try (var holder = connect(at);
        var late = connect(at);
        var observer = connect(at)) {
      holder.setAutoCommit(false);
      insertLike(holder, at, new LogPosition(at.shard(), 1_000_000), 1_000_000, command);
      execute(late, "SET SESSION innodb_lock_wait_timeout = 60");
      var insert =
          CompletableFuture.runAsync(
              () -> insertLike(late, at, new LogPosition(at.shard(), at.offset() + 1), 2, command));
      awaitLockWaits(observer, 1);

      region.start();
      var reply = region.send(command);
      awaitLockWaits(observer, 2); // of the row that is to end inserts of earlier attempts
      assertThat(reply).isNotDone();
      holder.rollback();
      insert.join();

      assertThat(reply.join().status()).isEqualTo(ReplyStatus.ACCEPTED);
    }
    assertThat(region.replies())
        .filteredOn(reply -> reply.commandId().equals(command.commandId()))
        .extracting(CommandReply::status)
        .containsOnly(ReplyStatus.ACCEPTED);
    assertThat(region.job().restarts()).isOne();
  }

  /** A row that a killed attempt might have left: a copy of another one, for this command. */
  private static void insertLike(
      Connection connection, LogPosition like, LogPosition at, long version, Command command) {
    execute(
        connection,
        "INSERT INTO event_log (shard, shard_offset, kind, aggregate_type, aggregate_id, version,"
            + " command_id, slot, origin, origin_n, writer, hlc, occurred_at, causality, metadata,"
            + " reply, events) SELECT shard, "
            + at.offset()
            + ", kind, aggregate_type, aggregate_id, "
            + version
            + ", '"
            + command.commandId()
            + "', slot, origin, "
            + version
            + ", writer + 1, hlc + 1, occurred_at, causality, metadata, reply, events"
            + " FROM event_log WHERE shard = "
            + like.shard()
            + " AND shard_offset = "
            + like.offset());
  }

  private Connection connect(LogPosition position) throws SQLException {
    var database = region.database(position.shard() < SHARDS / 2 ? 0 : 1);
    var connection =
        DriverManager.getConnection(
            database.jdbcUrl("region_" + region.name()), database.user(), database.password());
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    return connection;
  }

  private static void execute(Connection connection, String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  /** Not from {@code innodb_trx}: who asks it more often than ten times a second sees the past. */
  private static void awaitLockWaits(Connection observer, int count) {
    Await.until(
        count + " statements that wait for a lock",
        () -> {
          try (var statement = observer.createStatement();
              var result =
                  statement.executeQuery(
                      "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")) {
            result.next();
            return result.getInt(2) == count;
          }
        });
  }

  /** A checkpoint has completed, and a start without one would begin behind all these. */
  private void awaitGroupAt(long records) {
    Await.until("the group at the end of its topic", () -> group() == records);
  }

  /** How many commands a start without a checkpoint would leave out. */
  private long group() throws InterruptedException {
    try (var admin = Admin.create(kafka())) {
      return admin
          .listConsumerGroupOffsets("anabranch-commands-" + region.name())
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (ExecutionException notYet) {
      return 0;
    }
  }

  private Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", region.kafka().bootstrapServers());
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
