package dev.anabranch.operators.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.operators.projection.events.ProjectionHarness;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.VersionId;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters: asked about, tried again, cut off in the middle, and too many of them. */
class DeadLettersTest {

  private static final AggregateKey A = new AggregateKey("Tally", "a");

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
  void aDiscardLeavesOutTheOneRowThatItWasAskedFor() throws Exception {
    poison(666L, 667L);
    projection.start();
    var first = projection.write("a", 666);
    var second = projection.write("a", 667);
    var third = projection.write("a", 3);
    projection.deliver(first, second, third);
    projection.awaitEnd(version);

    projection.database.request(version, A, ParkedRequest.Action.DISCARD);
    // The request is seen several times before the task's thread gets to it.
    projection.awaitMails(40);
    projection.await(
        "the discard",
        () ->
            projection.database.allParked(version).stream()
                .noneMatch(row -> row.position().equals(first.position())));
    projection.pumpMails(60);

    assertThat(projection.database.allParked(version))
        .extracting(ParkedRow::position)
        .containsExactly(second.position(), third.position());
  }

  @Test
  void rowsThatWaitedAreTriedOrListedAfterACrashInTheMiddleOfARetry() throws Exception {
    poison(666L);
    projection.start();
    projection.deliver(
        projection.write("a", 666), projection.write("a", 1), projection.write("a", 2));
    projection.awaitEnd(version);
    projection.crash();

    poison();
    var reached = new CountDownLatch(1);
    projection.database.refuse(
        change -> {
          if (!change.toString().contains("last 1")) {
            return false;
          }
          reached.countDown();
          while (!Thread.interrupted()) {
            Thread.onSpinWait();
          }
          throw new IllegalStateException("the task ends here");
        });
    projection.database.request(version, A, ParkedRequest.Action.RETRY);
    projection.start();
    projection.await("the second row", () -> reached.getCount() == 0);
    projection.crash();
    projection.database.refuse(change -> false);

    projection.start();
    projection.write("a", 4);
    projection.awaitEnd(version);
    projection.pumpMails(60);
    var left = projection.database.allParked(version);
    assertThat(left.isEmpty() || left.stream().anyMatch(ParkedRow::hasFailed))
        .as("parked, and listed nowhere: " + left)
        .isTrue();
  }

  @Test
  void atTheLimitAMendedReleaseGetsOutByARetry() throws Exception {
    atTheLimit();
    projection.crash();
    poison();
    projection.write("a", 3);
    projection.database.request(version, A, ParkedRequest.Action.RETRY);

    projection.start();
    projection.await("the retry", () -> projection.database.allParked(version).isEmpty());
    projection.awaitEnd(version);
    projection.assertExact(version);
  }

  @Test
  void atTheLimitARetryThatFailsAgainChangesNothing() throws Exception {
    atTheLimit();
    projection.database.request(version, A, ParkedRequest.Action.RETRY);
    projection.await("the retry", this::noRequests);
    assertThat(projection.database.allParked(version)).hasSize(3);
  }

  @Test
  void afterARestartTheShardsOfTheDatabasesThatServeGoOn() throws Exception {
    var here = nameIn(0);
    var there = nameIn(1);
    projection.start();
    var lost = projection.write(here, 1);
    projection.deliver(lost, projection.write(there, 1));
    projection.awaitEnd(version);
    projection.crash();
    LogRow next = projection.write(there, 2);
    projection.databaseOf(lost).setDown(true);
    try {
      projection.start();
      projection.await(
          "the other database's shard",
          () -> projection.database.nextOffset(version, next.shard()) > next.offset());
    } finally {
      projection.databaseOf(lost).setDown(false);
    }
  }

  @Test
  void atTheLimitTheVersionStopsAndOthersGoOn() throws Exception {
    var other = projection.database.begin(TallyReadModel.projection(1, Set.of()), false);
    projection.maxParked(3);
    poison(666L);
    projection.start();
    projection.deliver(
        projection.write("a", 666), projection.write("a", 1), projection.write("a", 2));
    projection.awaitEnd(version);
    projection.awaitEnd(other);
    projection.database.request(other, A, ParkedRequest.Action.DISCARD);
    projection.await("the discard", () -> projection.database.allParked(other).isEmpty());

    projection.deliver(projection.write("a", 3));
    projection.awaitEnd(other);
    assertThat(projection.database.allParked(version)).hasSize(3);

    projection.database.request(version, A, ParkedRequest.Action.DISCARD);
    projection.awaitEnd(version);
    assertThat(projection.database.allParked(version)).isEmpty();
    assertThat(projection.database.tables(version).find(TallyReadModel.TALLIES, "a").orElseThrow())
        .containsEntry("total", 6L);
  }

  private void atTheLimit() throws Exception {
    projection.maxParked(3);
    poison(666L);
    projection.start();
    projection.deliver(
        projection.write("a", 666), projection.write("a", 1), projection.write("a", 2));
    projection.awaitEnd(version);
    assertThat(projection.database.allParked(version)).hasSize(3);
  }

  private void poison(Long... numbers) {
    projection.release(TallyReadModel.projections(TallyReadModel.projection(1, Set.of(numbers))));
  }

  private boolean noRequests() {
    try (var session = projection.database.open()) {
      return session.requests().isEmpty();
    }
  }

  private String nameIn(int database) {
    var layout = projection.store.layout();
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "t" + i)
        .filter(
            name ->
                layout.databaseOf(
                        Shards.shardOf(new AggregateKey("Tally", name), ProjectionHarness.SHARDS))
                    == database)
        .findFirst()
        .orElseThrow();
  }
}
