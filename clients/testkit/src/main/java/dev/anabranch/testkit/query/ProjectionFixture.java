package dev.anabranch.testkit.query;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import dev.anabranch.projection.View;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Given events, then rows: tests a projection without the runtime.
 *
 * <pre>{@code
 * ProjectionFixture.of(BALANCES)
 *     .given(BankDomain.ACCOUNT, "a1", new AccountOpened("Ann"), new MoneyDeposited(5))
 *     .expectRow(BALANCES_TABLE.row("a1").set("owner", "Ann").set("balance", 5))
 *     .expectRowCount(BALANCES_TABLE, 1);
 * }</pre>
 *
 * <p>Events pass through the type's codecs, as they do between the store and a projection. On the
 * way it is checked that handlers give the same changes again, and that the rows do not depend on
 * the order in which different aggregates come: that order is not the same in a rebuild.
 *
 * <p>Immutable: a fixture may be kept and used for several tests.
 */
public final class ProjectionFixture {

  private final Projection projection;
  private final List<Commit> commits;
  private final List<View<EncodedMessage>> views;
  private final Instant timestamp;

  private ProjectionFixture(
      Projection projection,
      List<Commit> commits,
      List<View<EncodedMessage>> views,
      Instant timestamp) {
    this.projection = projection;
    this.commits = List.copyOf(commits);
    this.views = List.copyOf(views);
    this.timestamp = timestamp;
  }

  /** One event and where it comes from. */
  private record Commit(EncodedMessage event, ProjectionContext context) {
    String aggregate() {
      return context.aggregateType() + "/" + context.aggregateId();
    }
  }

  public static ProjectionFixture of(Projection projection) {
    return new ProjectionFixture(
        projection, List.of(), List.of(), Instant.parse("2025-01-01T00:00:00Z"));
  }

  /** The {@code timestamp} of the events given next, cut to microseconds; otherwise some time. */
  public ProjectionFixture at(Instant time) {
    return new ProjectionFixture(projection, commits, views, time.truncatedTo(ChronoUnit.MICROS));
  }

  /** These events of an aggregate, each the only one of its commit, after those given before. */
  @SafeVarargs
  public final <E> ProjectionFixture given(
      AggregateType<?, ?, E> type, String aggregateId, E... events) {
    var stored = new ArrayList<EncodedMessage>();
    for (var event : events) {
      stored.add(type.eventCodec().encode(event));
    }
    return givenStored(type.name(), aggregateId, stored.toArray(EncodedMessage[]::new));
  }

  /** Gives events as an older release stored them: for tests of upcasters. */
  public ProjectionFixture givenStored(
      String aggregateType, String aggregateId, EncodedMessage... events) {
    var longer = new ArrayList<>(commits);
    for (var event : events) {
      var version = 1 + longer.stream().filter(c -> isOf(c, aggregateType, aggregateId)).count();
      longer.add(
          new Commit(
              event,
              new ProjectionContext(
                  aggregateType,
                  aggregateId,
                  version,
                  0,
                  "command-" + version,
                  "test",
                  timestamp,
                  Map.of())));
    }
    return new ProjectionFixture(projection, longer, views, timestamp);
  }

  /** The next view of an aggregate, which has this state, for a projection of views. */
  public <S> ProjectionFixture givenView(AggregateType<S, ?, ?> type, String aggregateId, S state) {
    var stored = type.stateCodec().encode(state);
    return givenView(type, aggregateId, stored, List.of(stored), "");
  }

  /** The next view of an aggregate: concurrent versions with these states, left to a person. */
  @SafeVarargs
  public final <S> ProjectionFixture givenConflict(
      AggregateType<S, ?, ?> type, String aggregateId, S... live) {
    var stored = Arrays.stream(live).map(type.stateCodec()::encode).toList();
    return givenView(type, aggregateId, null, stored, "");
  }

  /** The next view of an aggregate: there is no state, for this reason. */
  public <S> ProjectionFixture givenProblem(
      AggregateType<S, ?, ?> type, String aggregateId, String problem) {
    return givenView(type, aggregateId, null, List.of(), problem);
  }

  private ProjectionFixture givenView(
      AggregateType<?, ?, ?> type,
      String aggregateId,
      @Nullable EncodedMessage state,
      List<EncodedMessage> live,
      String problem) {
    var key = new AggregateKey(type.name(), aggregateId);
    var region = new RegionId("test");
    var n = 1 + views.stream().filter(view -> isOf(view, key)).count();
    var time = timestamp.truncatedTo(ChronoUnit.MILLIS);
    var versions = new ArrayList<View.Live<EncodedMessage>>();
    for (var each : live) {
      versions.add(new View.Live<>(new Dot(region, n + versions.size()), time, each));
    }
    var longer = new ArrayList<>(views);
    longer.add(
        new View<>(
            key.type(),
            key.id(),
            region.value(),
            VectorTime.ZERO.with(region, n).token(),
            time,
            state,
            state == null && problem.isEmpty(),
            versions,
            problem));
    return new ProjectionFixture(projection, commits, longer, timestamp);
  }

  /**
   * Checks that a row is there and has these values in these columns; others are not looked at.
   *
   * @param expected made with {@code table.row(key).set(...)}
   * @throws IllegalArgumentException if it adds or deletes: that says nothing about what is there
   */
  public ProjectionFixture expectRow(RowChange expected) {
    if (!expected.add().isEmpty() || expected.isDelete()) {
      throw new IllegalArgumentException(
          "expectRow takes the values of a row, made with set(...), not "
              + expected
              + "; use expectNoRow for a row that must not be there");
    }
    var row = row(expected.table(), expected.key().toArray());
    if (row.isEmpty()) {
      throw new AssertionError("there is no row " + expected.key() + " in " + expected.table());
    }
    var actual = new LinkedHashMap<String, @Nullable Object>(row.get());
    actual.keySet().retainAll(expected.set().keySet());
    if (!RowValues.same(expected.set(), actual)) {
      throw new AssertionError(
          "row %s of %s has %s, expected %s"
              .formatted(
                  RowValues.shown(expected.key()),
                  expected.table(),
                  RowValues.shown(actual),
                  RowValues.shown(expected.set())));
    }
    return this;
  }

  public ProjectionFixture expectNoRow(QueryTable table, Object... key) {
    row(table, key)
        .ifPresent(
            row -> {
              throw new AssertionError("there is a row in " + table + ": " + RowValues.shown(row));
            });
    return this;
  }

  public ProjectionFixture expectRowCount(QueryTable table, int count) {
    var rows = tables().rows(table);
    if (rows.size() != count) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s has %d rows, expected %d: %s",
              table,
              rows.size(),
              count,
              rows.keySet()));
    }
    return this;
  }

  /** The row with this key, all columns by name. */
  public Optional<Map<String, @Nullable Object>> row(QueryTable table, Object... key) {
    return tables().find(table, key);
  }

  /** The tables as the given events leave them. */
  public InMemoryTables tables() {
    return projection.followsViews() ? shown() : followed();
  }

  /** Each view in the place of the one before. */
  private InMemoryTables shown() {
    var tables = new InMemoryTables();
    for (var view : views) {
      var changes = projection.changes(view);
      if (!changes.equals(projection.changes(view))) {
        throw new AssertionError(
            "the handler makes something else of the same view each time: " + changes);
      }
      tables.apply(changes);
    }
    return tables;
  }

  private InMemoryTables followed() {
    var tables = applied(commits);
    var regrouped = new LinkedHashMap<String, List<Commit>>();
    for (var commit : commits) {
      regrouped.computeIfAbsent(commit.aggregate(), a -> new ArrayList<>()).add(commit);
    }
    var groups = new ArrayList<>(regrouped.values());
    var otherOrder = new ArrayList<Commit>();
    for (var i = groups.size() - 1; i >= 0; i--) {
      otherOrder.addAll(groups.get(i));
    }
    var others = applied(otherOrder);
    for (var table : projection.tables()) {
      if (!RowValues.sameRows(tables.rows(table), others.rows(table))) {
        throw new AssertionError(
            "the rows of %s depend on the order in which aggregates come: %s or %s; only add to rows"
                    .formatted(
                        table,
                        RowValues.shown(tables.rows(table).values()),
                        RowValues.shown(others.rows(table).values()))
                + " that several aggregates share");
      }
    }
    return tables;
  }

  private InMemoryTables applied(List<Commit> inOrder) {
    var tables = new InMemoryTables();
    for (var commit : inOrder) {
      var changes = projection.changes(List.of(commit.event), commit.context);
      if (!changes.equals(projection.changes(List.of(commit.event), commit.context))) {
        throw new AssertionError(
            "the handler makes something else of the same event each time: " + changes);
      }
      tables.apply(changes);
    }
    return tables;
  }

  private static boolean isOf(View<?> view, AggregateKey key) {
    return view.aggregateType().equals(key.type()) && view.aggregateId().equals(key.id());
  }

  private static boolean isOf(Commit commit, String type, String id) {
    return commit.context.aggregateType().equals(type) && commit.context.aggregateId().equals(id);
  }
}
