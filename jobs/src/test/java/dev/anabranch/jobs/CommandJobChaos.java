package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.jobs.region.CrashPoint;
import dev.anabranch.jobs.region.Load;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.message.ReplyStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One fault after the other, of every kind and in random order, on a region under load; the whole
 * region is verified after every few.
 *
 * <p>{@code -Danabranch.chaos.minutes=N} says how long (5 unless set), {@code
 * -Danabranch.chaos.seed=N} repeats a run's order of faults. Part of the profile {@code long}.
 */
class CommandJobChaos {

  private static final int FAULTS_PER_ROUND = 6;
  private static final int REPLIES_BETWEEN = 150;

  /** Before each fault, beside the load whose client sends again. */
  private static final int SENT_ONCE = 100;

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  /** What may happen. */
  private enum Fault {
    TASK_CRASH,
    TASK_MANAGERS_KILLED,
    DATABASE_KILLED,
    DATABASE_CONNECTIONS_CUT,
    ANSWER_TO_AN_INSERT_LOST,
    KAFKA_RESTARTED,
    KAFKA_KILLED,
    RESCALED,
    STARTED_FROM_A_CHECKPOINT,
    STARTED_FROM_NOTHING
  }

  @Test
  void faultsOfEveryKindUnderLoadLoseAndRepeatNothing() {
    var seed = Long.getLong("anabranch.chaos.seed", System.nanoTime());
    var end =
        System.nanoTime()
            + Duration.ofMinutes(Long.getLong("anabranch.chaos.minutes", 5)).toNanos();
    var random = new Random(seed);
    var happened = new ArrayList<Fault>();
    System.out.println("chaos: seed " + seed);
    region.start();
    var replies = 0L;
    for (var round = 0; System.nanoTime() < end; round++) {
      try (var load = region.load(100, seed + round);
          var once = region.once(100, ~seed + round)) {
        for (var i = 0; i < FAULTS_PER_ROUND; i++) {
          load.awaitReplies(REPLIES_BETWEEN);
          once.send(SENT_ONCE);
          happened.add(provoke(random, load));
        }
        load.awaitReplies(REPLIES_BETWEEN);
        var result = load.stop();
        replies += result.sent().size();
        assertThat(result.count(ReplyStatus.ERROR)).as("seed %d, %s", seed, happened).isZero();
        once.awaitOutcomes();
      }
      region.verify();
      System.out.println("chaos: " + happened.size() + " faults, " + replies + " replies, sound");
    }
    System.out.println("chaos: " + counts(happened));
  }

  private Fault provoke(Random random, Load load) {
    var fault = Fault.values()[random.nextInt(Fault.values().length)];
    System.out.println("chaos: " + fault);
    var which = random.nextInt(2);
    switch (fault) {
      case TASK_CRASH ->
          region.crashAt(CrashPoint.values()[random.nextInt(CrashPoint.values().length)]);
      case TASK_MANAGERS_KILLED -> region.killTaskManagers();
      case DATABASE_KILLED -> {
        region.database(which).kill();
        region.database(which).restart();
      }
      case DATABASE_CONNECTIONS_CUT -> {
        region.databaseProxy(which).cut();
        region.databaseProxy(which).heal();
      }
      case ANSWER_TO_AN_INSERT_LOST -> region.databaseProxy(which).dropResponseTo("insert");
      case KAFKA_RESTARTED -> {
        region.kafka().stop();
        region.kafka().restart();
      }
      case KAFKA_KILLED -> {
        region.kafka().kill();
        region.kafka().restart();
      }
      case RESCALED -> region.rescale(1 + random.nextInt(3));
      case STARTED_FROM_A_CHECKPOINT -> {
        var unused = region.job().checkpoint();
        load.awaitReplies(REPLIES_BETWEEN);
        region.job().kill();
        // The oldest that is left; a path noted earlier may have been subsumed meanwhile.
        region.startFrom(region.job().checkpoints().get(0));
      }
      case STARTED_FROM_NOTHING -> {
        region.job().kill();
        region.start();
      }
    }
    return fault;
  }

  private static String counts(List<Fault> happened) {
    var text = new StringBuilder();
    for (var fault : Fault.values()) {
      text.append(happened.stream().filter(fault::equals).count())
          .append(" x ")
          .append(fault)
          .append(", ");
    }
    return text.append(happened.size()).append(" in all").toString();
  }
}
