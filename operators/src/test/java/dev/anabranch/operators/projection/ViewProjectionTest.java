package dev.anabranch.operators.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.operators.projection.events.ProjectionHarness;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import dev.anabranch.projection.View;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.VersionId;
import dev.anabranch.testkit.query.InMemoryQueryDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A projection of views: a state is a number, shown as a row and as many lines. */
class ViewProjectionTest {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");

  private static final QueryTable COUNTS =
      QueryTable.named("counts")
          .key(Column.text("tally", 20))
          .columns(
              Column.integer("number"),
              Column.bool("conflict"),
              Column.integer("versions"),
              Column.text("hint", 50))
          .build();
  private static final QueryTable LINES =
      QueryTable.named("count_lines")
          .key(Column.text("tally", 20), Column.integer("line"))
          .columns(Column.text("revision", 100))
          .build();

  private final ProjectionHarness projection =
      new ProjectionHarness(TallyReadModel.projections(projection(Set.of())));
  private VersionId version;

  private static Projection projection(Set<Long> poison) {
    return Projection.named("counts")
        .tables(COUNTS, LINES)
        .fromViews(TallyReadModel.type(), view -> rows(view, poison))
        .build();
  }

  private static List<RowChange> rows(View<String> view, Set<Long> poison) {
    var id = view.aggregateId();
    var row =
        COUNTS.row(id).set("conflict", view.conflict()).set("versions", (long) view.live().size());
    var state = view.state();
    if (state == null) {
      return List.of(row.set("hint", view.problem()));
    }
    var number = Long.parseLong(state);
    if (poison.contains(number)) {
      throw new IllegalStateException("told to throw at " + number);
    }
    var rows = new ArrayList<RowChange>();
    if (number > 0) {
      rows.add(row.set("number", number));
    }
    for (var line = 1; line <= number; line++) {
      rows.add(LINES.row(id, line).set("revision", view.revision()));
    }
    return rows;
  }

  @BeforeEach
  void beginVersion() {
    version = projection.database.begin(projection(Set.of()), true);
  }

  @AfterEach
  void closeHarness() throws Exception {
    projection.close();
  }

  @Test
  void aViewTakesThePlaceOfTheOneBefore() throws Exception {
    projection.start();
    show("x", 3, 1, 0);
    show("y", 2, 1, 0);
    show("x", 1, 2, 0);
    projection.views.add(partition("y"), conflict("y", 2, 1, "2", "5"));
    awaitEnd();

    expect("x", 1, 1);
    assertThat(row("y"))
        .containsEntry("conflict", true)
        .containsEntry("versions", 2L)
        .containsEntry("number", 0L);
    assertThat(lines("y")).isEmpty();

    show("y", 2, 3, 2);
    show("x", 0, 3, 0);
    awaitEnd();
    expect("y", 2, 2);
    assertThat(row("y")).containsEntry("conflict", false).containsEntry("hint", null);
    assertThat(projection.database.tables(version).find(COUNTS, "x")).isEmpty();
  }

  @Test
  void repeatsAndEarlierViewsChangeNothing() throws Exception {
    projection.start();
    show("x", 1, 1, 0);
    show("x", 2, 2, 0);
    show("x", 1, 1, 0);
    awaitEnd();
    expect("x", 2, 2);
    // A job that began anew: earlier ones, and one that knows another region's commits only.
    show("x", 1, 1, 0);
    show("x", 9, 0, 1);
    awaitEnd();
    expect("x", 2, 2);

    show("x", 3, 2, 1);
    awaitEnd();
    expect("x", 3, 3);
    // The same commits, which newer code folds otherwise.
    show("x", 4, 2, 1);
    awaitEnd();
    expect("x", 4, 4);
  }

  @ParameterizedTest
  @EnumSource(InMemoryQueryDatabase.Fault.class)
  void aCommitOfUnknownOutcomeIsRepeated(InMemoryQueryDatabase.Fault fault) throws Exception {
    projection.start();
    show("x", 1, 1, 0);
    awaitEnd();
    projection.database.failNextApply(fault);
    show("x", 2, 2, 0);
    show("y", 1, 1, 0);
    awaitEnd();

    expect("x", 2, 2);
    expect("y", 1, 1);
  }

  @Test
  void aTaskThatCrashedGoesOnWhereTheDatabaseIs() throws Exception {
    projection.start();
    for (var n = 1; n <= 30; n++) {
      show("x" + n % 3, n, n, 0);
      if (n % 10 == 0) {
        awaitEnd();
        projection.crash();
        projection.start();
      }
    }
    awaitEnd();

    expect("x0", 30, 30);
    expect("x1", 28, 28);
    expect("x2", 29, 29);
  }

  @Test
  void anotherVersionIsBuiltFromWhatTheTopicHas() throws Exception {
    projection.start();
    show("x", 1, 1, 0);
    show("x", 2, 2, 0);
    show("y", 5, 1, 0);
    awaitEnd();
    projection.views.remove(partition("x"), 0);

    var second = projection.database.begin(projection(Set.of()), false);
    awaitEnd(second);

    for (var table : List.of(COUNTS, LINES)) {
      assertThat(projection.database.tables(second).rows(table))
          .isEqualTo(projection.database.tables(version).rows(table));
    }
  }

  @Test
  void aViewThatFailsLeavesTheRowsAndTheNextOneTakesItsPlace() throws Exception {
    projection.release(TallyReadModel.projections(projection(Set.of(13L, 14L))));
    projection.start();
    show("bad", 1, 1, 0);
    // Else the later one, of the same page, would be the only one to be tried.
    awaitEnd();
    show("bad", 13, 2, 0);
    show("good", 1, 1, 0);
    awaitEnd();

    expect("bad", 1, 1);
    expect("good", 1, 1);
    assertThat(projection.database.allParked(version))
        .singleElement()
        .satisfies(letter -> assertThat(letter.reason()).contains("told to throw at 13"));

    show("bad", 14, 3, 0);
    awaitEnd();
    assertThat(projection.database.allParked(version))
        .singleElement()
        .satisfies(letter -> assertThat(letter.reason()).contains("told to throw at 14"));

    show("bad", 2, 4, 0);
    awaitEnd();
    expect("bad", 2, 2);
    assertThat(projection.database.allParked(version)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ParkedRequest.Action.class)
  void aDeadLetterIsTriedAgainOrLeftOut(ParkedRequest.Action action) throws Exception {
    projection.release(TallyReadModel.projections(projection(Set.of(13L))));
    projection.start();
    show("bad", 1, 1, 0);
    // Else the later one, of the same page, would be the only one to be tried.
    awaitEnd();
    show("bad", 13, 2, 0);
    awaitEnd();
    projection.crash();
    projection.release(TallyReadModel.projections(projection(Set.of())));
    projection.start();

    projection.database.request(version, new AggregateKey("Tally", "bad"), action);
    projection.await("no dead letter", () -> projection.database.allParked(version).isEmpty());

    var expected = action == ParkedRequest.Action.RETRY ? 13 : 1;
    expect("bad", expected, expected);
  }

  /** A partition was added, and later views of the aggregate are there: its dead letter stays. */
  @Test
  void aRetryLeavesALaterViewThatCameThroughAnotherPartition() throws Exception {
    leaveADeadLetter();
    projection.views.add(1 - partition("bad"), view("a", "bad", "3", 2, 0));
    projection.start();
    awaitEnd();
    expect("bad", 3, 3);
    assertThat(projection.database.allParked(version)).hasSize(1);

    retry();

    expect("bad", 3, 3);
  }

  /** A topic that was made anew may have anything there. */
  @Test
  void aRetryDoesNotShowAnotherAggregateThatHasTheOffsetNow() throws Exception {
    leaveADeadLetter();
    projection.views.makeAnew();
    projection.views.add(
        partition("bad"), view(new AggregateKey("Other", "x"), "a", encoded("5"), 1, 0, List.of()));
    projection.start();
    awaitEnd();

    retry();

    assertThat(projection.database.tables(version).rows(COUNTS)).isEmpty();
  }

  private void leaveADeadLetter() throws Exception {
    projection.release(TallyReadModel.projections(projection(Set.of(13L))));
    projection.start();
    show("bad", 13, 1, 0);
    projection.await("a letter", () -> projection.database.allParked(version).size() == 1);
    projection.crash();
    projection.release(TallyReadModel.projections(projection(Set.of())));
  }

  private void retry() throws Exception {
    projection.database.request(
        version, new AggregateKey("Tally", "bad"), ParkedRequest.Action.RETRY);
    projection.await("no dead letter", () -> projection.database.allParked(version).isEmpty());
  }

  @Test
  void whatTheDatabaseRefusesIsFoundAmongTheOthers() throws Exception {
    projection.database.refuse(change -> Long.valueOf(7).equals(change.set().get("number")));
    for (var n = 1; n <= 9; n++) {
      show("x" + n, n, 1, 0);
    }
    projection.start();
    awaitEnd();

    assertThat(projection.database.allParked(version))
        .singleElement()
        .satisfies(letter -> assertThat(letter.aggregate().id()).isEqualTo("x7"));
    expect("x8", 8, 8);
    expect("x9", 9, 9);
  }

  @Test
  void whatIsNoViewIsPassedOverAndAnotherRegionsIsRefused() throws Exception {
    projection.start();
    projection.views.add(0, null);
    show("x", 1, 1, 0);
    awaitEnd();
    expect("x", 1, 1);

    projection.views.add(partition("x"), view("b", "x", "2", 2, 0));
    assertThatThrownBy(() -> projection.await("nothing", () -> false))
        .hasMessageContaining("views of region b")
        .hasMessageContaining("correct views.topic");
  }

  // -- Inside.

  private void show(String id, long number, long a, long b) {
    projection.views.add(partition(id), view("a", id, Long.toString(number), a, b));
  }

  private static int partition(String id) {
    return Math.floorMod(id.hashCode(), 2);
  }

  private static AggregateView view(String region, String id, String state, long a, long b) {
    return view(new AggregateKey("Tally", id), region, encoded(state), a, b, List.of());
  }

  private static AggregateView conflict(String id, long a, long b, String... states) {
    var live = new ArrayList<VersionState>();
    for (var state : states) {
      live.add(new VersionState(new Dot(A, live.size() + 1), 1, encoded(state)));
    }
    return view(new AggregateKey("Tally", id), "a", null, a, b, live);
  }

  private static AggregateView view(
      AggregateKey key,
      String region,
      @Nullable EncodedMessage state,
      long a,
      long b,
      List<VersionState> live) {
    return new AggregateView(
        region,
        key,
        VectorTime.ZERO.with(A, a).with(B, b),
        (a + b) << 16,
        state,
        "text/plain",
        live.size() > 1,
        live,
        List.of(),
        "");
  }

  private static EncodedMessage encoded(String state) {
    return TallyReadModel.event(Long.parseLong(state));
  }

  private void awaitEnd() throws Exception {
    awaitEnd(version);
  }

  private void awaitEnd(VersionId wanted) throws Exception {
    projection.await(
        wanted + " at the end of the views",
        () ->
            projection.views.ends(List.of(0, 1)).entrySet().stream()
                .allMatch(
                    end -> projection.database.nextOffset(wanted, end.getKey()) >= end.getValue()));
  }

  private java.util.Map<String, @Nullable Object> row(String id) {
    return projection.database.tables(version).find(COUNTS, id).orElseThrow();
  }

  private List<?> lines(String id) {
    return projection.database.tables(version).rows(LINES).keySet().stream()
        .filter(row -> row.key().get(0).equals(id))
        .toList();
  }

  private void expect(String id, long number, int lines) {
    assertThat(row(id)).containsEntry("number", number);
    assertThat(lines(id)).hasSize(lines);
  }
}
