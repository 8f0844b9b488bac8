package dev.anabranch.testkit.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.ApplyResult.Applied;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.ShardAdvance;
import dev.anabranch.query.VersionId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every query database must do, as the port says it: extend this class and give it a database.
 *
 * <p>Not covered: timeouts, servers that die, and the switch-over, which each database tests with
 * its own means. Nothing here may be skipped.
 */
public abstract class QueryDatabaseConformance extends LostRowsConformance {

  /** Every kind of column. */
  public static final QueryTable THINGS =
      QueryTable.named("things")
          .key(Column.text("name", 100), Column.integer("number"))
          .columns(
              Column.text("label", 100),
              Column.longText("story"),
              Column.integer("amount"),
              Column.decimal("price", 12, 2),
              Column.bool("good"),
              Column.timestamp("since"),
              Column.bytes("raw", 300))
          .index("by_amount", "amount", "name")
          .build();

  /** A word of SQL as its name. */
  public static final QueryTable ORDER =
      QueryTable.named("order")
          .key(Column.bytes("key", 16))
          .columns(Column.integer("select"))
          .build();

  /** A projection with these tables. */
  public static final Projection PROJECTION =
      Projection.named("conformance")
          .tables(THINGS, ORDER)
          .from(TextAggregate.type(), (event, context) -> List.of())
          .build();

  protected static final int SHARDS = 4;
  private static final long WRITER = 7;
  private static final VectorTime REVISION = VectorTime.ZERO.with(new RegionId("eu"), 3);
  private static final AggregateKey AGGREGATE = new AggregateKey("Account", "a'\u00e9\\");

  /** Row of a table of a version, all columns by name; null: there is none. */
  protected abstract @Nullable Map<String, @Nullable Object> row(
      VersionId version, QueryTable table, Object... key) throws Exception;

  /** Does what a tool does that asks for something about parked rows. */
  protected abstract void request(
      VersionId version, AggregateKey aggregate, ParkedRequest.Action action) throws Exception;

  @Test
  public void versionsAreListedWithWhatTheyWereMadeOf() throws Exception {
    var second = begin();

    var versions = session.versions();

    assertThat(versions).hasSize(2);
    assertThat(versions.get(0).id()).isEqualTo(new VersionId("conformance", 1));
    assertThat(versions.get(0).live()).isTrue();
    assertThat(versions.get(0).revision()).isEqualTo(1);
    assertThat(versions.get(0).definition()).isEqualTo(PROJECTION.definition());
    assertThat(versions.get(1).id()).isEqualTo(second);
    assertThat(versions.get(1).live()).isFalse();
  }

  @Test
  public void everyKindOfValueIsReadBack() throws Exception {
    claim();
    var raw = new byte[256];
    for (var i = 0; i < raw.length; i++) {
      raw[i] = (byte) i;
    }
    var change =
        THINGS
            .row("it's \\ \"\u00e9\uD83D\uDE00\u0000%_`;--", Long.MIN_VALUE)
            .set("label", "")
            .set("story", "x".repeat(100_000))
            .set("amount", Long.MAX_VALUE)
            .set("price", new BigDecimal("-1234567890.12"))
            .set("good", true)
            .set("since", Instant.parse("2025-03-30T01:30:00.123456Z"))
            .set("raw", raw);

    apply(0, 1, change);

    var row = expectRow(THINGS, change.key().toArray());
    change.set().forEach((column, value) -> assertThat(row.get(column)).isEqualTo(value));
  }

  @Test
  public void whatIsNotNamedIsEmptyInANewRowAndKeptInAnOldOne() throws Exception {
    claim();
    apply(0, 1, THINGS.row("a", 1).set("label", "l").set("amount", 3));
    apply(1, 2, THINGS.row("a", 1).set("good", true), THINGS.row("b", 1));

    assertThat(expectRow(THINGS, "a", 1))
        .containsEntry("label", "l")
        .containsEntry("amount", 3L)
        .containsEntry("good", true)
        .containsEntry("since", null)
        .containsEntry("price", new BigDecimal("0.00"));
    assertThat(expectRow(THINGS, "b", 1)).containsEntry("amount", 0L).containsEntry("label", null);
  }

  @Test
  public void viewsReplaceRowsAndAreRememberedWithThem() throws Exception {
    claim();
    var other = new AggregateKey("Account", "other");
    apply(0, 1, THINGS.row("a", 1).set("label", "old"), THINGS.row("a", 2), THINGS.row("b", 1));
    assertThat(session.shownViews(version, List.of(AGGREGATE, other))).isEmpty();

    var view = ViewChecks.newView("a", REVISION);
    var batch =
        new QueryBatch(
            version,
            WRITER,
            List.of(new ShardAdvance(0, 1, 2, 42)),
            view,
            List.of(),
            List.of(),
            List.of(ViewChecks.mark(AGGREGATE, null, REVISION)));
    assertThat(session.apply(batch)).isInstanceOf(Applied.class);
    assertThat(session.apply(batch)).isInstanceOf(Applied.class);

    assertThat(row(version, THINGS, "a", 1)).isNull();
    assertThat(expectRow(THINGS, "a", 2)).containsEntry("label", "new").containsEntry("amount", 0L);
    assertThat(expectRow(THINGS, "b", 1)).containsEntry("label", null);
    assertThat(session.shownViews(version, List.of(AGGREGATE, other)))
        .containsExactly(java.util.Map.entry(AGGREGATE, REVISION));
    var later = REVISION.with(new RegionId("eu"), 9);
    assertThat(
            session.apply(
                new QueryBatch(
                    version,
                    WRITER,
                    List.of(new ShardAdvance(0, 2, 3, 42)),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(
                        ViewChecks.mark(AGGREGATE, REVISION, later),
                        ViewChecks.mark(other, null, REVISION)))))
        .isInstanceOf(Applied.class);
    assertThat(session.shownViews(version, List.of(AGGREGATE, other)))
        .containsEntry(AGGREGATE, later)
        .containsEntry(other, REVISION);
    var second = begin();
    assertThat(session.shownViews(second, List.of(AGGREGATE))).isEmpty();
  }

  @Test
  public void aViewTakesThePlaceOfTheOneThatWasReadOnly() {
    claim();
    ViewChecks.aViewTakesThePlaceOfTheOneThatWasReadOnly(session, version, WRITER);
  }

  @Test
  public void theTopicOfAPositionIsNotedWithIt() throws Exception {
    claim();
    ViewChecks.theTopicOfAPositionIsNotedWithIt(session, version, WRITER);
    var second = begin();
    assertThat(session.topics(second, List.of(0, 1))).isEmpty();
    drop(second);
  }

  @Test
  public void textsOfKeysAreComparedExactly() throws Exception {
    claim();
    var keys = List.of("a", "a ", "A", "\u00e4", "a\u0308", "\u00df", "ss", "");
    var changes = new ArrayList<RowChange>();
    for (var i = 0; i < keys.size(); i++) {
      changes.add(THINGS.row(keys.get(i), 0).set("amount", i + 1));
    }

    apply(0, 1, changes.toArray(RowChange[]::new));

    for (var i = 0; i < keys.size(); i++) {
      assertThat(expectRow(THINGS, keys.get(i), 0)).containsEntry("amount", i + 1L);
    }
  }

  @Test
  public void additionsMakeTheRowOrAddToIt() throws Exception {
    claim();
    apply(0, 1, THINGS.row("a", 1).add("amount", 5).add("price", new BigDecimal("0.10")));
    apply(1, 2, THINGS.row("a", 1).add("amount", -7).add("price", new BigDecimal("0.25")));
    apply(2, 3, THINGS.row("a", 1).set("label", "x").add("amount", 1));

    assertThat(expectRow(THINGS, "a", 1))
        .containsEntry("amount", -1L)
        .containsEntry("price", new BigDecimal("0.35"))
        .containsEntry("label", "x");
  }

  @Test
  public void rowsAreDeletedAndMadeAnew() throws Exception {
    claim();
    apply(0, 1, THINGS.row("a", 1).set("amount", 5).set("label", "l"), ORDER.row(new byte[] {1}));
    apply(
        1,
        2,
        THINGS.row("a", 1).delete().set("amount", 6),
        ORDER.row(new byte[] {1}).delete(),
        ORDER.row(new byte[] {2}).delete());

    assertThat(expectRow(THINGS, "a", 1)).containsEntry("amount", 6L).containsEntry("label", null);
    assertThat(row(version, ORDER, new byte[] {1})).isNull();
  }

  @Test
  public void aBatchIsAppliedOnceHoweverOftenItIsRepeated() throws Exception {
    claim();
    var batch = batch(0, 0, 3, THINGS.row("a", 1).add("amount", 5));

    assertThat(session.apply(batch)).isInstanceOf(Applied.class);
    assertThat(session.apply(batch)).isInstanceOf(Applied.class);
    session = database.reopen(session);
    assertThat(session.apply(batch)).isInstanceOf(Applied.class);

    assertThat(expectRow(THINGS, "a", 1)).containsEntry("amount", 5L);
    assertThat(claim()).containsEntry(0, 3L).containsEntry(1, 0L);
  }

  @Test
  public void aBatchThatDoesNotBeginAtThePositionIsFenced() throws Exception {
    claim();
    apply(0, 3, THINGS.row("a", 1).add("amount", 5));

    for (var wrong : List.of(batch(0, 0, 2), batch(0, 4, 5), batch(0, 2, 4))) {
      var result = session.apply(wrong);
      assertThat(result).isInstanceOf(ApplyResult.Fenced.class);
      assertThat(((ApplyResult.Fenced) result).foundNext()).isEqualTo(3);
    }
    assertThat(claim()).containsEntry(0, 3L);
  }

  @Test
  public void whoeverClaimedEarlierIsFenced() throws Exception {
    claim();
    try (var other = database.open()) {
      assertThat(other.claim(version, List.of(0), 99)).contains(Map.of(0, 0L));
    }

    var result = session.apply(batch(0, 0, 1, THINGS.row("a", 1).add("amount", 5)));

    assertThat(result).isEqualTo(new ApplyResult.Fenced(0, 0, 0, 99));
    assertThat(row(version, THINGS, "a", 1)).isNull();
    assertThat(session.apply(batch(1, 0, 1))).isInstanceOf(Applied.class);
  }

  @Test
  public void aBatchOfSeveralShardsIsAllOrNothing() throws Exception {
    claim();
    apply(0, 2);
    var batch =
        new QueryBatch(
            version,
            WRITER,
            List.of(new ShardAdvance(0, 1, 3, 5), new ShardAdvance(1, 0, 2, 5)),
            List.of(THINGS.row("a", 1).add("amount", 1)),
            List.of(),
            List.of());

    assertThat(session.apply(batch)).isInstanceOf(ApplyResult.Fenced.class);

    assertThat(row(version, THINGS, "a", 1)).isNull();
    assertThat(claim()).containsEntry(0, 2L).containsEntry(1, 0L);
  }

  @Test
  public void aVersionThatIsGoneSaysSo() throws Exception {
    var second = begin();
    assertThat(session.claim(second, List.of(0, 1), WRITER)).isPresent();
    drop(second);

    var batch = batch(0, 0, 1, THINGS.row("a", 1).add("amount", 1));
    assertThat(
            session.apply(
                new QueryBatch(
                    second, WRITER, batch.advances(), batch.changes(), List.of(), List.of())))
        .isInstanceOf(ApplyResult.Gone.class);
    assertThat(session.claim(second, List.of(0), WRITER)).isEmpty();
    assertThat(session.positions(second, List.of(0))).isEmpty();
    assertThat(session.parked(second, List.of(0))).isEmpty();
    assertThat(session.interrupted(second, List.of(0))).isEmpty();
    assertThat(session.versions()).hasSize(1);
  }

  @Test
  public void versionsHaveTablesAndPositionsOfTheirOwn() throws Exception {
    claim();
    apply(0, 5, THINGS.row("a", 1).set("amount", 5));
    var second = begin();

    assertThat(session.claim(second, List.of(0), WRITER)).contains(Map.of(0, 0L));
    assertThat(row(second, THINGS, "a", 1)).isNull();
    assertThat(session.positions(version, List.of(0, 1))).contains(Map.of(0, 5L, 1, 0L));
    apply(5, 6); // reading them has fenced nobody
  }

  @Test
  public void parkedRowsAreRememberedInTheOrderOfTheLog() throws Exception {
    claim();
    park(0, 0, 2, parked(0, "it broke: \u00e9'\\"), parked(1, ""));
    park(0, 2, 3, parked(2, ""));

    assertThat(session.parked(version, List.of(0, 1))).isEqualTo(Map.of(AGGREGATE, 3));
    assertThat(session.parked(version, List.of(1))).isEmpty();
    var rows = session.parkedRows(version, 0, AGGREGATE);
    assertThat(session.parkedRows(version, 1, AGGREGATE)).as("of another shard").isEmpty();
    assertThat(rows)
        .containsExactly(parked(0, "it broke: \u00e9'\\"), parked(1, ""), parked(2, ""));
    assertThat(claim()).containsEntry(0, 3L);
  }

  @Test
  public void parkedRowsAreAppliedLaterExactlyOnce() throws Exception {
    claim();
    park(0, 0, 2, parked(0, "broken"), parked(1, ""));
    var retry =
        new QueryBatch(
            version,
            WRITER,
            List.of(new ShardAdvance(0, 2, 2, 0)),
            List.of(THINGS.row("a", 1).add("amount", 1)),
            List.of(),
            List.of(new LogPosition(0, 0)));

    assertThat(session.apply(retry)).isInstanceOf(Applied.class);
    assertThat(session.apply(retry)).isInstanceOf(Applied.class);

    assertThat(expectRow(THINGS, "a", 1)).containsEntry("amount", 1L);
    assertThat(session.parkedRows(version, 0, AGGREGATE)).containsExactly(parked(1, ""));
  }

  @Test
  public void requestsStandUntilTheRowIsParkedAgainOrGone() throws Exception {
    claim();
    park(0, 0, 2, parked(0, "broken"), parked(1, ""));
    assertThat(session.requests()).isEmpty();

    request(version, AGGREGATE, ParkedRequest.Action.DISCARD);
    assertThat(session.requests())
        .containsExactly(
            new ParkedRequest(
                version, new LogPosition(0, 0), AGGREGATE, ParkedRequest.Action.DISCARD));
    park(0, 2, 2, parked(0, "broken again"));

    assertThat(session.requests()).isEmpty();
    assertThat(session.parkedRows(version, 0, AGGREGATE))
        .containsExactly(parked(0, "broken again"), parked(1, ""));
  }

  @Test
  public void whatARetryLeftBehindIsFound() throws Exception {
    claim();
    park(0, 0, 3, parked(0, "broken"), parked(1, ""), parked(2, ""));
    assertThat(session.interrupted(version, List.of(0, 1))).isEmpty();

    settle(new ShardAdvance(0, 3, 3, 0), List.of(), List.of(new LogPosition(0, 0)));

    assertThat(session.interrupted(version, List.of(0, 1)))
        .containsExactly(
            new ParkedRequest(
                version, new LogPosition(0, 1), AGGREGATE, ParkedRequest.Action.RETRY));
    assertThat(session.interrupted(version, List.of(1))).isEmpty();
    assertThat(session.interrupted(version, List.of())).isEmpty();
  }

  @Test
  public void aLargeBatchLeavesWhatItsChangesSay() throws Exception {
    claim();
    var seed = 20_260_101L;
    var random = new Random(seed);
    var expected = new InMemoryTables();
    for (var round = 0L; round < 3; round++) {
      var changes = new LinkedHashMap<RowChange.RowId, RowChange>();
      for (var i = 0; i < 3_000; i++) {
        var change = RandomChanges.next(THINGS, random);
        changes.merge(change.id(), change, RowChange::then);
      }
      expected.apply(changes.values());
      apply(round, round + 1, changes.values().toArray(RowChange[]::new));
    }
    for (var row : expected.rows(THINGS).entrySet()) {
      assertThat(expectRow(THINGS, row.getKey().key().toArray()))
          .as("seed " + seed)
          .isEqualTo(row.getValue());
    }
    assertThat(row(version, THINGS, "k500", 9)).isNull();
  }

  private Map<String, @Nullable Object> expectRow(QueryTable table, Object... key)
      throws Exception {
    var row = row(version, table, key);
    assertThat(row).as("row of " + table).isNotNull();
    return row == null ? Map.of() : row;
  }

  private Map<Integer, Long> claim() {
    return session.claim(version, List.of(0, 1, 2, 3), WRITER).orElse(Map.of());
  }

  private void apply(long from, long to, RowChange... changes) {
    assertThat(session.apply(batch(0, from, to, changes))).isInstanceOf(Applied.class);
  }

  private QueryBatch batch(int shard, long from, long to, RowChange... changes) {
    return new QueryBatch(
        version,
        WRITER,
        List.of(new ShardAdvance(shard, from, to, 42)),
        List.of(changes),
        List.of(),
        List.of());
  }

  private void park(int shard, long from, long to, ParkedRow... rows) {
    settle(new ShardAdvance(shard, from, to, 42), List.of(rows), List.of());
  }

  private void settle(ShardAdvance advance, List<ParkedRow> park, List<LogPosition> unpark) {
    var batch = new QueryBatch(version, WRITER, List.of(advance), List.of(), park, unpark);
    assertThat(session.apply(batch)).isInstanceOf(Applied.class);
  }

  private static ParkedRow parked(long offset, String reason) {
    return new ParkedRow(new LogPosition(0, offset), AGGREGATE, reason, 1_000 + offset);
  }
}
