package dev.anabranch.operators.projection.version;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.projection.TallyReadModel;
import dev.anabranch.operators.projection.events.ProjectionHarness;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.VersionId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A rebuild of one row per second: what waits for such a limit takes longer than the harness waits.
 * Also what a views topic that is away holds up, which is nothing but the versions that follow it.
 */
class RebuildPaceTest {

  private static final int MANY = 60;

  private static final QueryTable COUNTS =
      QueryTable.named("counts")
          .key(Column.text("tally", 20))
          .columns(Column.integer("number"))
          .build();

  private final ProjectionHarness projection =
      new ProjectionHarness(TallyReadModel.projections(tallies(), counts()));
  private VersionId ofEvents;
  private VersionId ofViews;

  private static Projection tallies() {
    return TallyReadModel.projection(1, Set.of());
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
    projection.rebuildRowsPerSecond(1);
    ofEvents = projection.database.begin(tallies(), false);
    ofViews = projection.database.begin(counts(), false);
  }

  @AfterEach
  void closeHarness() throws Exception {
    projection.close();
  }

  @Test
  void viewsThatComeAfterARebuildAreNotHeldUp() throws Exception {
    show("x", 1, 1);
    projection.start();
    awaitViews();
    // The follower has seen the end after what it applied: it asks twice, one may be under way.
    var asked = projection.views.asked();
    projection.await("the end of the rebuild", () -> projection.views.asked() >= asked + 2);

    for (var n = 2; n <= MANY; n++) {
      show("x" + n, n, n);
      awaitViews();
    }

    assertThat(projection.database.tables(ofViews).rows(COUNTS)).hasSize(MANY);
  }

  @Test
  void theLimitOfARebuildOfViewsEndsWithTheSwitch() throws Exception {
    for (var n = 1; n <= MANY; n++) {
      show("x" + n, n, n);
    }
    projection.start();
    projection.await("the first page", () -> projection.database.nextOffset(ofViews, 0) > 0);
    assertThat(projection.database.nextOffset(ofViews, 0)).isLessThan(MANY);

    projection.database.switchTo(ofViews);

    awaitViews();
    assertThat(projection.database.tables(ofViews).rows(COUNTS)).hasSize(MANY);
  }

  @Test
  void theLimitOfARebuildOfEventsEndsWithTheSwitch() throws Exception {
    for (var n = 1; n <= MANY; n++) {
      projection.write("a", n);
    }
    projection.start();
    projection.await("the first page", () -> applied() > 0);
    assertThat(applied()).isLessThan(MANY);

    projection.database.switchTo(ofEvents);

    projection.awaitEnd(ofEvents);
    projection.assertExact(ofEvents);
  }

  @Test
  void aGapAfterARebuildIsNotHeldUp() throws Exception {
    projection.write("a", 0);
    projection.start();
    projection.awaitEnd(ofEvents);
    // Kafka brings none of them.
    for (var n = 1; n <= MANY; n++) {
      projection.write("a", n);
    }
    projection.awaitEnd(ofEvents);
    projection.assertExact(ofEvents);
  }

  @Test
  void aViewsTopicThatIsAwayHoldsUpProjectionsOfViewsOnly() throws Exception {
    projection.rebuildRowsPerSecond(0);
    projection.start();
    show("x", 1, 1);
    awaitViews();
    projection.views.away(true);
    show("y", 1, 2);
    projection.deliver(projection.write("a", 5));
    projection.awaitEnd(ofEvents);
    projection.pumpMails(60);
    assertThat(projection.database.tables(ofViews).rows(COUNTS)).hasSize(1);

    // A task that starts meanwhile waits as well.
    projection.crash();
    projection.start();
    projection.deliver(projection.write("a", 6));
    projection.awaitEnd(ofEvents);
    projection.pumpMails(60);
    assertThat(projection.database.tables(ofViews).rows(COUNTS)).hasSize(1);

    projection.views.away(false);
    awaitViews();
    assertThat(projection.database.tables(ofViews).rows(COUNTS)).hasSize(2);
    projection.assertExact(ofEvents);
  }

  // -- Inside.

  private long applied() {
    var applied = 0L;
    for (var shard = 0; shard < ProjectionHarness.SHARDS; shard++) {
      applied += projection.database.nextOffset(ofEvents, shard);
    }
    return applied;
  }

  private void show(String id, long number, long a) {
    projection.views.add(
        0,
        new AggregateView(
            "a",
            new AggregateKey("Tally", id),
            VectorTime.ZERO.with(new RegionId("a"), a),
            a << 16,
            TallyReadModel.event(number),
            "text/plain",
            false,
            List.of(),
            List.of(),
            ""));
  }

  private void awaitViews() throws Exception {
    projection.await(
        "the end of the views",
        () ->
            projection.database.nextOffset(ofViews, 0)
                >= projection.views.ends(List.of(0)).getOrDefault(0, 0L));
  }
}
