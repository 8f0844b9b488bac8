package dev.anabranch.operators.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.projection.events.ProjectionHarness;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.VersionId;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** New projection code beside the old job: they share some projections and differ in another. */
class TwoJobsTest {

  private static final QueryTable LAST =
      QueryTable.named("last_numbers")
          .key(Column.text("tally", 50))
          .columns(Column.integer("number"))
          .build();
  private static final QueryTable COUNTS =
      QueryTable.named("counts")
          .key(Column.text("tally", 50))
          .columns(Column.integer("number"))
          .build();

  private final ProjectionHarness projection =
      new ProjectionHarness(TallyReadModel.projections(tallies(), counts(), last(1)));
  private VersionId shared;
  private VersionId views;
  private VersionId old;
  private VersionId next;

  private static Projection tallies() {
    return TallyReadModel.projection(1, Set.of());
  }

  private static Projection last(int revision) {
    return Projection.named("last")
        .revision(revision)
        .tables(LAST)
        .from(
            TallyReadModel.type(),
            (event, context) ->
                List.of(
                    LAST.row(context.aggregateId())
                        .set("number", Long.parseLong(event) * revision)))
        .build();
  }

  private static Projection counts() {
    return Projection.named("counts")
        .tables(COUNTS)
        .fromViews(
            TallyReadModel.type(),
            view ->
                List.of(
                    COUNTS
                        .row(view.aggregateId())
                        .set("number", Long.parseLong(String.valueOf(view.state())))))
        .build();
  }

  @BeforeEach
  void beginVersions() {
    shared = projection.database.begin(tallies(), true);
    views = projection.database.begin(counts(), true);
    old = projection.database.begin(last(1), true);
    next = projection.database.begin(last(2), false);
  }

  @AfterEach
  void closeHarness() throws Exception {
    projection.close();
  }

  @Test
  void eachFillsItsOwnAndOneOfThemWhatTheyShareUntilItEnds() throws Exception {
    projection.start();
    projection.deliver(projection.write("a", 1), projection.write("b", 2));
    projection.awaitEnd(shared);
    projection.awaitEnd(old);

    projection.release(TallyReadModel.projections(tallies(), counts(), last(2)));
    try (var second = projection.newOperator()) {
      awaitBoth(second, "the new version", () -> atEnd(next));
      for (var round = 0; round < 20; round++) {
        var rows = new LogRow[] {projection.write("a", round), projection.write("c", round)};
        projection.deliver(rows);
        for (var row : rows) {
          second.processElement(new StreamRecord<>(row));
        }
        show(round + 1);
        awaitBoth(
            second,
            "all versions",
            () -> atEnd(shared) && atEnd(old) && atEnd(next) && viewsAtEnd());
      }
      projection.assertExact(shared);
    }

    // The new job was a failure and is gone: the old one takes back what it had left.
    projection.deliver(projection.write("a", 77));
    show(77);
    projection.awaitEnd(old);
    projection.awaitEnd(shared);
    projection.await("the views", this::viewsAtEnd);
    projection.assertExact(shared);
    assertThat(projection.database.tables(old).find(LAST, "a"))
        .hasValueSatisfying(row -> assertThat(row).containsEntry("number", 77L));
    assertThat(projection.database.tables(next).find(LAST, "c"))
        .hasValueSatisfying(row -> assertThat(row).containsEntry("number", 38L));
  }

  @Test
  void whicheverFillsAVersionNothingIsSkippedOrTakenTwice() throws Exception {
    projection.start();
    try (var second = projection.newOperator()) {
      for (var round = 0; round < 40; round++) {
        var row = projection.write("t" + round % 5, round);
        // Kafka's partitions may be read by either at any time, and the store by both.
        if (round % 3 > 0) {
          projection.deliver(row);
        }
        if (round % 2 > 0) {
          second.processElement(new StreamRecord<>(row));
        }
        ProjectionHarness.pump(second);
      }
      awaitBoth(second, "the shared version", () -> atEnd(shared));
      projection.assertExact(shared);
    }
  }

  /** Some rows wait while a batch finds out that another job has claimed their shard. */
  @Test
  void whatATaskHadTakenIsTakenAnewOnceItHasTheVersionBack() throws Exception {
    projection.start();
    projection.deliver(projection.write("a", 1));
    projection.awaitEnd(shared);
    try (var other = projection.database.open()) {
      assertThat(
              other.claim(
                  shared, IntStream.range(0, ProjectionHarness.SHARDS).boxed().toList(), 42))
          .isPresent();
    }

    for (var i = 0; i < 15; i++) {
      projection.deliver(projection.write("a", i)); // more than a batch takes
    }
    projection.awaitEnd(shared);

    projection.assertExact(shared);
  }

  // -- Inside.

  private void awaitBoth(
      KeyedOneInputStreamOperatorTestHarness<?, ?, ?> second, String what, BooleanSupplier holds)
      throws Exception {
    projection.await(
        what,
        () -> {
          try {
            ProjectionHarness.pump(second);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          return holds.getAsBoolean();
        });
  }

  private boolean atEnd(VersionId version) {
    return projection.log().stream()
        .allMatch(row -> projection.database.nextOffset(version, row.shard()) > row.offset());
  }

  private boolean viewsAtEnd() {
    return projection.database.nextOffset(views, 0)
        >= projection.views.ends(List.of(0)).getOrDefault(0, 0L);
  }

  private void show(long n) {
    projection.views.add(
        0,
        new AggregateView(
            "a",
            new AggregateKey("Tally", "x"),
            VectorTime.ZERO.with(new RegionId("a"), n),
            n << 16,
            TallyReadModel.event(n),
            "text/plain",
            false,
            List.of(),
            List.of(),
            ""));
  }
}
