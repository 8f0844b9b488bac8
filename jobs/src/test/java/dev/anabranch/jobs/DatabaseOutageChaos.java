package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.Command;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.PurseDomain;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One of two databases is away for minutes, under load on the other: its commands wait, the others
 * are answered and checkpoints complete all the time; also over a restart of the job in the middle.
 *
 * <p>{@code -Danabranch.outage.minutes=N} says how long (3 unless set). Part of the profile {@code
 * long}.
 */
class DatabaseOutageChaos {

  private static final int SHARDS = 64;
  private static final int WAITING = 100;
  private static final Duration BETWEEN_PROBES = Duration.ofSeconds(10);

  private static final List<List<String>> PURSES = List.of(pursesIn(0), pursesIn(1));

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  @Test
  void theOtherShardsGoOnForMinutesAndNothingIsLost() {
    var minutes = Long.getLong("anabranch.outage.minutes", 3);
    var probes = (int) (Duration.ofMinutes(minutes).dividedBy(BETWEEN_PROBES));
    region.patience(Duration.ofMinutes(minutes + 5)).start();
    region.handle(purseIn(0, 0), "deposit 1");

    region.database(0).kill();
    var waiting = new ArrayList<CompletableFuture<CommandReply>>();
    for (var i = 0; i < WAITING; i++) {
      waiting.add(region.send(purseCommand(purseIn(0, i % 10), "gift")));
    }
    var replied = 0L;
    try (var once = region.once(1, 43);
        var load = region.load(42, DatabaseOutageChaos::commandOfTheOther)) {
      for (var i = 0; i < WAITING; i++) {
        once.send(purseCommand(purseIn(0, i % 10), "gift"));
      }
      for (var i = 0; i < probes; i++) {
        if (i == probes / 2) {
          var checkpoint = region.job().checkpoint();
          region.job().kill();
          region.startFrom(checkpoint);
        }
        replied += goesOnFor(BETWEEN_PROBES, load::replied);
        region.job().checkpoint();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
      }
      region.database(0).restart();
      for (var command : waiting) {
        assertThat(command.join().status()).isEqualTo(ReplyStatus.ACCEPTED);
      }
      assertThat(load.stop().count(ReplyStatus.ERROR)).isZero();
      once.awaitOutcomes();
    }
    Await.until(
        "the waiting commands in the store",
        () ->
            region.stored().stream().filter(row -> isIn(0, row.shard())).count()
                == 2 * WAITING + 1);
    region.verify();
    System.out.printf(
        "outage: a database away for %d minutes, %d commands of the other answered meanwhile,"
            + " %d of its own afterwards, sound%n",
        minutes, replied, WAITING);
  }

  /** Replies that come in that time; fails if they cease. */
  private static long goesOnFor(Duration time, LongSupplier replied) {
    var end = System.nanoTime() + time.toNanos();
    var before = replied.getAsLong();
    while (System.nanoTime() < end) {
      var last = replied.getAsLong();
      Await.until("another reply", () -> replied.getAsLong() > last + 10);
    }
    return replied.getAsLong() - before;
  }

  private static Command commandOfTheOther(Random random) {
    return purseCommand(purseIn(1, random.nextInt(50)), PurseDomain.randomCommand(random));
  }

  /** The n-th purse whose shard is in that database. */
  private static String purseIn(int database, int n) {
    return PURSES.get(database).get(n);
  }

  private static List<String> pursesIn(int database) {
    var purses = new ArrayList<String>();
    for (var i = 0; purses.size() < 50; i++) {
      var key = "Purse/p" + i;
      if (isIn(database, Shards.shardOf(key, SHARDS))) {
        purses.add(key);
      }
    }
    return purses;
  }

  private static boolean isIn(int database, int shard) {
    return (shard < SHARDS / 2 ? 0 : 1) == database;
  }
}
