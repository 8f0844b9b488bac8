package dev.anabranch.operators.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.projection.version.RebuildPace;
import dev.anabranch.operators.projection.version.ViewPlace;
import dev.anabranch.operators.projection.views.ViewFollower;
import dev.anabranch.operators.projection.views.ViewWork;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewLog;
import dev.anabranch.testkit.query.InMemoryQueryDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A topic of views that is not what it was, under a version that runs, and between two starts. */
class ViewTopicTest {

  private static final int SHARDS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final QueryTable COUNTS =
      QueryTable.named("counts")
          .key(Column.text("tally", 20))
          .columns(Column.integer("number"))
          .build();

  private final InMemoryViewLog topic = new InMemoryViewLog();
  private final InMemoryQueryDatabase database = new InMemoryQueryDatabase(SHARDS);
  private final VersionId version = database.begin(projection(-1), true);
  private final List<ViewPlace> told = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<ViewFollower> followers = new ArrayList<>();

  private static Projection projection(long poison) {
    return Projection.named("counts")
        .tables(COUNTS)
        .fromViews(
            TallyReadModel.type(),
            view -> {
              var number = Long.parseLong(String.valueOf(view.state()));
              if (number == poison) {
                throw new IllegalStateException("told to throw at " + number);
              }
              return List.of(COUNTS.row(view.aggregateId()).set("number", number));
            })
        .build();
  }

  @AfterEach
  void stop() {
    followers.forEach(ViewFollower::close);
    followers.clear();
    assertThat(failure.get()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void partitionsThatAreAddedAreFollowed(boolean whileItRuns) {
    start(2);
    show(0, 1, 30, 1);
    awaitShown(30);
    restartUnless(whileItRuns, () -> topic.grow(8));
    // New aggregates, and newer views of those before, in partitions that were not there.
    show(5, 31, 60, 1);
    show(6, 1, 30, 2);

    awaitShown(60);
    await("newer views", () -> number("t1") == 2 && number("t30") == 2);
    assertThat(told).isEmpty();
  }

  @Test
  void aTaskWithoutAPartitionGetsOneThatIsAdded() {
    start(4);
    show(0, 1, 1, 1);
    awaitShown(1);
    topic.grow(4);
    show(3, 2, 2, 1);

    awaitShown(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTopicThatWasMadeAnewAndIsLongerIsReadFromItsFirstRecord(boolean whileItRuns) {
    start(1);
    show(0, 1, 10, 1);
    awaitShown(10);
    restartUnless(
        whileItRuns,
        () -> {
          synchronized (topic) {
            topic.makeAnew();
            show(0, 11, 90, 1);
          }
        });

    awaitShown(90);
    await("the end", () -> lag() == 0 && database.nextOffset(version, 0) == 80);
    assertThat(told)
        .singleElement()
        .satisfies(
            place -> {
              assertThat(place.change()).isEqualTo(ViewPlace.Change.MADE_ANEW);
              assertThat(place.offset()).isZero();
              // Under a version that runs some of the new topic is taken before it is noticed.
              assertThat(place.before()).isBetween(10L, 80L);
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTopicThatWasMadeAnewAndIsShorterIsReadFromItsFirstRecord(boolean whileItRuns) {
    start(1);
    show(0, 1, 10, 1);
    awaitShown(10);
    restartUnless(
        whileItRuns,
        () -> {
          synchronized (topic) {
            topic.makeAnew();
            show(0, 11, 13, 1);
            // What is shown already is not taken back by an earlier view.
            show(0, 1, 1, 0);
          }
        });

    awaitShown(13);
    await("the end", () -> database.nextOffset(version, 0) == 4);
    assertThat(number("t1")).isEqualTo(1);
    assertThat(told).containsExactly(new ViewPlace(0, 10, 0, ViewPlace.Change.MADE_ANEW));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPartitionThatLostRecordsIsReadFromItsFirstRecord(boolean whileItRuns) {
    start(1);
    show(0, 1, 10, 1);
    awaitShown(10);
    restartUnless(
        whileItRuns,
        () -> {
          synchronized (topic) {
            topic.truncate(0, 4);
            show(0, 11, 12, 1);
          }
        });

    awaitShown(12);
    assertThat(told).containsExactly(new ViewPlace(0, 10, 0, ViewPlace.Change.CUT_SHORT));
  }

  /** It is longer again: the epochs of its leaders tell. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPartitionThatLostRecordsWhileItWasReadOrBeforeIsReadFromItsFirstRecord(
      boolean whileItRuns) {
    start(1);
    show(0, 1, 10, 1);
    awaitShown(10);
    restartUnless(
        whileItRuns,
        () -> {
          synchronized (topic) {
            topic.truncate(0, 4);
            show(0, 11, 30, 1);
          }
        });

    awaitShown(30);
    assertThat(told).containsExactly(new ViewPlace(0, 10, 0, ViewPlace.Change.CUT_SHORT));
  }

  @Test
  void whoHasReadNothingSinceItsStartKnowsThatThePartitionLostItsEnd() {
    start(1);
    show(0, 1, 10, 1);
    awaitShown(10);
    stop();
    // As a release that noted no epochs leaves it.
    follow(new ViewLog.Position("topic-1", 10));
    start(1);
    await("the epoch", () -> origin().leaderEpoch() == 0);
    stop();
    synchronized (topic) {
      topic.truncate(0, 4);
      show(0, 11, 30, 1);
    }
    start(1);

    awaitShown(30);
    assertThat(told).containsExactly(new ViewPlace(0, 10, 0, ViewPlace.Change.CUT_SHORT));
  }

  @Test
  void anElectionThatLosesNothingIsNoReasonToReadAgain() {
    start(1);
    show(0, 1, 10, 1);
    awaitShown(10);
    topic.elect();
    show(0, 11, 20, 1);
    awaitShown(20);
    stop();
    topic.elect();
    show(0, 21, 30, 1);
    start(1);

    awaitShown(30);
    assertThat(told).isEmpty();
    assertThat(origin()).isEqualTo(new ViewLog.Origin("topic-1", 2));
  }

  private void follow(ViewLog.Position position) {
    try (var session = database.open()) {
      var writer = 7;
      assertThat(session.claim(version, List.of(0), writer)).isPresent();
      assertThat(session.follow(version, writer, Map.of(0, position))).isTrue();
    }
  }

  private ViewLog.Origin origin() {
    try (var session = database.open()) {
      return session.topics(version, List.of(0)).getOrDefault(0, ViewLog.Origin.UNKNOWN);
    }
  }

  @Test
  void recordsThatWereDeletedUnreadAreToldWithTheirNumber() {
    start(1);
    show(0, 1, 10, 1);
    awaitShown(10);
    stop();
    show(0, 11, 20, 1);
    topic.deleteBelow(0, 17);
    start(1);

    awaitShown(13);
    assertThat(told).containsExactly(new ViewPlace(0, 10, 17, ViewPlace.Change.EXPIRED));
    assertThat(told.get(0).passedOver()).isEqualTo(7);
  }

  @Test
  void aNewVersionOfATopicThatBeginsLaterTakesWhatThereIs() {
    show(0, 1, 10, 1);
    topic.deleteBelow(0, 4);
    start(1);

    awaitShown(6);
    assertThat(told).isEmpty();
  }

  @Test
  void viewsInPartitionsThatHaveNoPositionsCountAsLag() {
    start(1);
    show(0, 1, 5, 1);
    awaitShown(5);
    topic.grow(SHARDS + 2);
    show(SHARDS + 1, 6, 9, 1);
    show(SHARDS - 1, 10, 10, 1);

    awaitShown(6);
    await("a lag that says so", () -> lag() == 4);
    show(0, 11, 11, 1);
    awaitShown(7);
    await("the same lag", () -> lag() == 4);
  }

  /** Two tasks read partitions that both have views of the same aggregates. */
  @Test
  void theNewestViewCountsWhicheverTaskBringsIt() {
    var many = 60;
    for (var n = 1; n <= many; n++) {
      show(0, 1, 20, n);
      topic.grow(8);
      show(n % 7 + 1, 1, 20, n + many);
    }
    start(3);

    awaitShown(20);
    await(
        "the end",
        () ->
            topic.ends(List.of(0, 1, 2, 3, 4, 5, 6, 7)).entrySet().stream()
                .allMatch(e -> database.nextOffset(version, e.getKey()) >= e.getValue()));
    for (var n = 1; n <= 20; n++) {
      assertThat(number("t" + n)).isEqualTo(2L * many);
    }
  }

  @Test
  void aDeadLetterOfATopicThatIsGoneShowsNoOtherAggregate() {
    start(1, 13);
    show(0, 1, 1, 13);
    await("a dead letter", () -> database.allParked(version).size() == 1);
    stop();
    topic.makeAnew();
    show(0, 2, 2, 1);
    start(1, -1);
    awaitShown(1);
    database.request(version, key("t1"), ParkedRequest.Action.RETRY);
    try (var session = database.open()) {
      session.requests().forEach(followers.get(0)::request);
    }

    await("no dead letter", () -> database.allParked(version).isEmpty());
    assertThat(shown()).isEqualTo(1);
    // The view of the new topic that has the letter's offset, of the letter's aggregate.
    assertThat(number("t2")).isEqualTo(1);
  }

  @Test
  void aDeadLetterEndsWithALaterViewAtItsOffset() {
    start(1, 13);
    show(0, 1, 1, 13);
    await("a dead letter", () -> database.allParked(version).size() == 1);
    stop();
    topic.makeAnew();
    show(0, 1, 1, 14);
    start(1, 13);

    awaitShown(1);
    assertThat(number("t1")).isEqualTo(14);
    assertThat(database.allParked(version)).isEmpty();
  }

  // -- Inside.

  private void restartUnless(boolean whileItRuns, Runnable change) {
    if (whileItRuns) {
      change.run();
    } else {
      var subtasks = followers.size();
      stop();
      change.run();
      start(subtasks);
    }
  }

  private void start(int subtasks) {
    start(subtasks, -1);
  }

  private void start(int subtasks, long poison) {
    for (var subtask = 0; subtask < subtasks; subtask++) {
      var session =
          new Reconnecting<dev.anabranch.query.QuerySession>(
              "The database",
              TaskThreads.REAL,
              lost -> lost == null ? database.open() : database.reopen(lost));
      var follower =
          new ViewFollower(
              version,
              new ViewFollower.Part(
                  subtask,
                  subtasks,
                  SHARDS,
                  10,
                  new RebuildPace(Double.POSITIVE_INFINITY, TaskThreads.REAL),
                  Duration.ofMillis(10),
                  Duration.ofMillis(500)),
              (what, mail) -> {
                try {
                  mail.run();
                } catch (Throwable e) {
                  failure.set(e);
                }
              },
              TaskThreads.REAL,
              new ViewWork(version, projection(poison), "a", session, 100),
              session,
              topic,
              new Counts());
      followers.add(follower);
      follower.start();
    }
  }

  private long lag() {
    return followers.stream().mapToLong(ViewFollower::lagCommits).sum();
  }

  /** Views of some tallies with this number, in one partition. */
  private void show(int partition, int from, int to, long number) {
    for (var n = from; n <= to; n++) {
      topic.add(
          partition,
          new AggregateView(
              "a",
              key("t" + n),
              VectorTime.ZERO.with(new RegionId("a"), number + 1),
              number << 16,
              TallyReadModel.event(number),
              "text/plain",
              false,
              List.of(),
              List.of(),
              ""));
    }
  }

  private static AggregateKey key(String id) {
    return new AggregateKey("Tally", id);
  }

  private int shown() {
    return database.tables(version).rows(COUNTS).size();
  }

  private long number(String id) {
    return (long)
        java.util.Objects.requireNonNull(
            database.tables(version).find(COUNTS, id).orElseThrow().get("number"));
  }

  private void awaitShown(int rows) {
    await(rows + " rows", () -> shown() == rows);
  }

  private void await(String what, BooleanSupplier holds) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline || failure.get() != null) {
        throw new AssertionError(
            "waited in vain for " + what + ", shown " + shown(), failure.get());
      }
      Thread.onSpinWait();
    }
  }

  private final class Counts extends QuietCounts {
    @Override
    public void moved(ViewPlace place) {
      told.add(place);
    }
  }
}
