package dev.anabranch.operators.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.operators.projection.events.ProjectionHarness;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.VersionId;
import dev.anabranch.testkit.query.InMemoryQueryDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator with everything that Kafka, the databases and a task's end can do to it. */
class ProjectionOperatorTest {

  private final ProjectionHarness projection =
      new ProjectionHarness(TallyReadModel.projections(TallyReadModel.projection(1, Set.of())));
  private VersionId version;

  @BeforeEach
  void beginVersion() {
    version = projection.database.begin(TallyReadModel.projection(1, Set.of()), true);
  }

  @AfterEach
  void closeHarness() throws Exception {
    projection.close();
  }

  @Test
  void eventsBecomeRows() throws Exception {
    projection.start();
    projection.deliver(projection.write("a", 5), projection.write("b", 7, 8));
    projection.deliver(projection.writeRejection("a"), projection.write("a", -1));
    projection.awaitEnd(version);

    assertThat(projection.database.tables(version).find(TallyReadModel.TALLIES, "a"))
        .hasValueSatisfying(
            row ->
                assertThat(row)
                    .containsEntry("total", 4L)
                    .containsEntry("trail", "last -1")
                    .containsEntry("version", 2L));
    assertThat(projection.database.tables(version).find(TallyReadModel.TALLIES, "b"))
        .as("the events of one commit in their order")
        .hasValueSatisfying(row -> assertThat(row).containsEntry("trail", "last 8"));
    assertThat(projection.database.tables(version).find(TallyReadModel.SUMS, "all"))
        .hasValueSatisfying(
            row -> assertThat(row).containsEntry("amount", 19L).containsEntry("events", 4L));
    projection.assertExact(version);
  }

  @Test
  void rowsThatComeInDisorderAndAgainAreAppliedOnceAndInOrder() throws Exception {
    projection.start();
    var rows = IntStream.range(0, 6).mapToObj(i -> projection.write("a", i)).toList();
    for (var i : new int[] {0, 2, 1, 1, 0, 2, 4, 5, 3, 5}) {
      projection.deliver(rows.get(i));
    }
    projection.awaitEnd(version);

    projection.assertExact(version);
    assertThat(projection.database.nextOffset(version, rows.get(0).shard())).isEqualTo(6);
  }

  @Test
  void whatKafkaNeverBringsIsReadFromTheStore() throws Exception {
    for (var i = 0; i < 30; i++) {
      projection.write("t" + i % 7, i);
    }
    projection.start();
    projection.awaitEnd(version);
    projection.assertExact(version);

    projection.write("t1", 100);
    projection.awaitEnd(version);
    projection.deliver(projection.write("t1", 101), projection.write("t1", 102));
    projection.awaitEnd(version);

    projection.assertExact(version);
  }

  @ParameterizedTest
  @EnumSource(InMemoryQueryDatabase.Fault.class)
  void aConnectionLostAtACommitAppliesNothingTwice(InMemoryQueryDatabase.Fault fault)
      throws Exception {
    projection.start();
    projection.deliver(projection.write("a", 1));
    projection.awaitEnd(version);
    projection.database.failNextApply(fault);
    projection.deliver(projection.write("a", 2), projection.write("b", 3));
    projection.awaitEnd(version);

    projection.assertExact(version);
  }

  @Test
  void aTaskThatDiesGoesOnWhereItsTablesAre() throws Exception {
    var random = new Random(7);
    for (var life = 0; life < 5; life++) {
      projection.start();
      for (var i = 0; i < 40; i++) {
        var row = projection.write("t" + random.nextInt(5), random.nextInt(100));
        if (random.nextInt(4) > 0) {
          projection.deliver(row);
        }
      }
      projection.crash();
    }
    projection.start();
    projection.awaitEnd(version);

    projection.assertExact(version);
  }

  @Test
  void aPoisonEventParksItsAggregateOnly() throws Exception {
    projection.release(TallyReadModel.projections(TallyReadModel.projection(1, Set.of(666L))));
    projection.start();
    var poisoned = List.of(projection.write("a", 666), projection.write("a", 2));
    projection.deliver(projection.write("b", 3));
    projection.deliver(poisoned);
    projection.deliver(projection.write("b", 4));
    projection.awaitEnd(version);

    var parked = projection.database.allParked(version);
    assertThat(parked)
        .extracting(p -> p.position())
        .containsExactlyElementsOf(poisoned.stream().map(LogRow::position).toList());
    assertThat(parked.get(0).reason()).contains("told to throw at 666");
    assertThat(parked.get(1).hasFailed()).isFalse();
    projection.assertExact(
        version, projection.log().stream().filter(row -> !poisoned.contains(row)).toList());
  }

  @Test
  void parkedEventsAreAppliedInOrderWhenTheCodeIsMended() throws Exception {
    projection.release(TallyReadModel.projections(TallyReadModel.projection(1, Set.of(666L))));
    projection.start();
    projection.deliver(
        projection.write("a", 1), projection.write("a", 666), projection.write("a", 2));
    projection.awaitEnd(version);

    // Nothing is mended yet: it stays parked, with the same reason.
    var key = new AggregateKey("Tally", "a");
    projection.database.request(version, key, ParkedRequest.Action.RETRY);
    projection.await("the retry", () -> noRequests());
    assertThat(projection.database.allParked(version)).hasSize(2);

    projection.crash();
    projection.release(TallyReadModel.projections(TallyReadModel.projection(1, Set.of())));
    projection.start();
    projection.deliver(projection.write("a", 3));
    projection.awaitEnd(version);
    assertThat(projection.database.allParked(version)).hasSize(3);
    projection.database.failNextApply(InMemoryQueryDatabase.Fault.LOST_AFTER_COMMIT);
    projection.database.request(version, key, ParkedRequest.Action.RETRY);
    projection.await("the retry", () -> projection.database.allParked(version).isEmpty());
    projection.deliver(projection.write("a", 4));
    projection.awaitEnd(version);

    projection.assertExact(version);
  }

  @Test
  void aDiscardedEventIsLeftOutAndTheNextOnesApplied() throws Exception {
    projection.release(TallyReadModel.projections(TallyReadModel.projection(1, Set.of(666L))));
    projection.start();
    var bad = projection.write("a", 666);
    projection.deliver(bad, projection.write("a", 2));
    projection.awaitEnd(version);
    projection.database.request(
        version, new AggregateKey("Tally", "a"), ParkedRequest.Action.DISCARD);
    projection.await("the discard", () -> projection.database.allParked(version).isEmpty());

    projection.assertExact(
        version, projection.log().stream().filter(row -> !row.equals(bad)).toList());
  }

  @Test
  void whatTheDatabaseRefusesIsFoundAndParked() throws Exception {
    projection.database.refuse(
        change -> change.toString().contains("last 13") || change.toString().contains("=13"));
    var bad = new ArrayList<LogRow>();
    var number = 0L;
    for (var tally : ofOneShard(20)) {
      var row = projection.write(tally, number);
      if (number++ == 13) {
        bad.add(row);
      }
    }
    projection.start();
    projection.awaitEnd(version);

    assertThat(projection.database.allParked(version))
        .extracting(p -> p.position())
        .containsExactly(bad.get(0).position());
    projection.assertExact(
        version, projection.log().stream().filter(row -> !bad.contains(row)).toList());
  }

  /** So that they come in one batch. */
  private static List<String> ofOneShard(int count) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "t" + i)
        .filter(t -> Shards.shardOf("Tally/" + t, ProjectionHarness.SHARDS) == 0)
        .limit(count)
        .toList();
  }

  @Test
  void aRebuiltVersionBecomesTheSameBesideTheLiveOne() throws Exception {
    projection.start();
    var random = new Random(11);
    for (var i = 0; i < 100; i++) {
      projection.deliver(projection.write("t" + random.nextInt(9), random.nextInt(50)));
    }
    var second = projection.database.begin(TallyReadModel.projection(1, Set.of()), false);
    for (var i = 0; i < 200; i++) {
      projection.deliver(projection.write("t" + random.nextInt(9), random.nextInt(50)));
    }
    projection.awaitEnd(version);
    projection.awaitEnd(second);

    projection.assertExact(version);
    projection.assertExact(second);
  }

  @Test
  void aVersionOfOtherCodeIsLeftAlone() throws Exception {
    var other = projection.database.begin(TallyReadModel.projection(2, Set.of()), false);
    projection.start();
    projection.deliver(projection.write("a", 1));
    projection.awaitEnd(version);

    for (var shard = 0; shard < ProjectionHarness.SHARDS; shard++) {
      assertThat(projection.database.nextOffset(other, shard)).isZero();
    }
  }

  @Test
  void aVersionThatIsDroppedLeavesTheOthersAlone() throws Exception {
    projection.start();
    var second = projection.database.begin(TallyReadModel.projection(1, Set.of()), false);
    projection.deliver(projection.write("a", 1));
    projection.awaitEnd(second);
    projection.database.drop(second);
    for (var i = 0; i < 100; i++) {
      projection.deliver(projection.write("t" + i % 9, i));
    }
    projection.awaitEnd(version);

    projection.assertExact(version);
  }

  @Test
  void aDatabaseThatIsAwayIsWaitedFor() throws Exception {
    projection.start();
    projection.deliver(projection.write("a", 1));
    projection.awaitEnd(version);
    projection.database.down(true);
    projection.deliver(projection.write("a", 2), projection.write("b", 3));
    projection.database.down(false);
    projection.awaitEnd(version);

    projection.assertExact(version);
  }

  @Test
  void whateverHappensEveryEventIsAppliedOnce() throws Exception {
    var seed = System.nanoTime();
    var random = new Random(seed);
    try {
      for (var life = 0; life < 8; life++) {
        projection.start();
        for (var burst = 0; burst < 6; burst++) {
          var rows = new ArrayList<LogRow>();
          for (var i = random.nextInt(30); i >= 0; i--) {
            rows.add(projection.write("t" + random.nextInt(6), random.nextInt(100)));
          }
          for (var i = random.nextInt(10); i > 0; i--) {
            rows.add(projection.log().get(random.nextInt(projection.log().size())));
          }
          if (random.nextBoolean()) {
            Collections.shuffle(rows, random);
          }
          rows.removeIf(row -> random.nextInt(20) == 0);
          if (random.nextBoolean()) {
            var faults = InMemoryQueryDatabase.Fault.values();
            projection.database.failNextApply(faults[random.nextInt(faults.length)]);
          }
          projection.deliver(rows);
        }
        projection.crash();
      }
      projection.start();
      projection.awaitEnd(version);
      projection.assertExact(version);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private boolean noRequests() {
    try (var session = projection.database.open()) {
      return session.requests().isEmpty();
    }
  }
}
