package dev.anabranch.testkit.query;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.projection.EventContext;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final Instant timestamp;

  private ProjectionFixture(Projection projection, List<Commit> commits, Instant timestamp) {
    this.projection = projection;
    this.commits = List.copyOf(commits);
    this.timestamp = timestamp;
  }

  /** One event and where it comes from. */
  private record Commit(EncodedMessage event, EventContext context) {
    String aggregate() {
      return context.aggregateType() + "/" + context.aggregateId();
    }
  }

  public static ProjectionFixture of(Projection projection) {
    return new ProjectionFixture(projection, List.of(), Instant.parse("2025-01-01T00:00:00Z"));
  }

  /** The {@code timestamp} of the events given next, cut to microseconds; otherwise some time. */
  public ProjectionFixture at(Instant time) {
    return new ProjectionFixture(projection, commits, time.truncatedTo(ChronoUnit.MICROS));
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

  /** The same, as an older release stored them: for tests of upcasters. */
  public ProjectionFixture givenStored(
      String aggregateType, String aggregateId, EncodedMessage... events) {
    var longer = new ArrayList<>(commits);
    for (var event : events) {
      var version = 1 + longer.stream().filter(c -> isOf(c, aggregateType, aggregateId)).count();
      longer.add(
          new Commit(
              event,
              new EventContext(
                  aggregateType,
                  aggregateId,
                  version,
                  0,
                  "command-" + version,
                  "test",
                  timestamp,
                  Map.of())));
    }
    return new ProjectionFixture(projection, longer, timestamp);
  }

  /**
   * Checks that a row is there and has these values in these columns; others are not looked at.
   *
   * @param expected made with {@code table.row(key).set(...)}
   */
  public ProjectionFixture expectRow(RowChange expected) {
    var row = row(expected.table(), expected.key().toArray());
    if (row.isEmpty()) {
      throw new AssertionError("there is no row " + expected.key() + " in " + expected.table());
    }
    var actual = new LinkedHashMap<String, @Nullable Object>(row.get());
    actual.keySet().retainAll(expected.set().keySet());
    if (!new LinkedHashMap<>(expected.set()).equals(actual)) {
      throw new AssertionError(
          "row %s of %s has %s, expected %s"
              .formatted(expected.key(), expected.table(), actual, expected.set()));
    }
    return this;
  }

  public ProjectionFixture expectNoRow(QueryTable table, Object... key) {
    row(table, key)
        .ifPresent(
            row -> {
              throw new AssertionError("there is a row in " + table + ": " + row);
            });
    return this;
  }

  public ProjectionFixture expectRowCount(QueryTable table, int count) {
    var rows = tables().rows(table);
    if (rows.size() != count) {
      throw new AssertionError(
          "%s has %d rows, expected %d: %s".formatted(table, rows.size(), count, rows.keySet()));
    }
    return this;
  }

  /** The row with this key, all columns by name. */
  public Optional<Map<String, @Nullable Object>> row(QueryTable table, Object... key) {
    return tables().find(table, key);
  }

  /** The tables as the given events leave them. */
  public InMemoryTables tables() {
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
      if (!tables.rows(table).equals(others.rows(table))) {
        throw new AssertionError(
            "the rows of %s depend on the order in which aggregates come: %s or %s; only add to rows"
                    .formatted(table, tables.rows(table), others.rows(table))
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

  private static boolean isOf(Commit commit, String type, String id) {
    return commit.context.aggregateType().equals(type) && commit.context.aggregateId().equals(id);
  }
}
