package dev.anabranch.testkit.store;

import static dev.anabranch.testkit.store.ConformanceRows.account;
import static dev.anabranch.testkit.store.ConformanceRows.commit;
import static dev.anabranch.testkit.store.ConformanceRows.rejected;
import static dev.anabranch.testkit.store.ConformanceRows.tombstone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoredLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is read in pages that are bounded by bytes. */
abstract class PageConformance extends LossConformance {

  @Test
  public void aPageEndsAtItsBytesAndHoldsARowAtLeast() {
    var rows = new ArrayList<LogRow>();
    for (var i = 0; i < 4; i++) {
      rows.add(commit(shard, i, "a", i + 1, "c" + i));
    }
    append(rows);
    var two = rows.get(1).outcome().blobs().size() + rows.get(2).outcome().blobs().size();

    assertSame(session.read(shard, 1, 100, two), rows.subList(1, 3));
    assertSame(session.read(shard, 1, 100, two - 1), rows.subList(1, 2));
    assertSame(session.read(shard, 1, 1, two), rows.subList(1, 2));
    assertSame(session.read(shard, 0, 100, 0), rows.subList(0, 1));
    assertSame(session.read(shard, 0, 100, Long.MAX_VALUE), rows);
    assertThat(session.read(shard, 4, 100, two)).isEmpty();
    assertSame(session.history(account("a"), 1, 100, two), rows.subList(1, 3));
    assertSame(session.history(account("a"), 1, 100, 0), rows.subList(1, 2));
    assertThat(session.history(account("a"), 4, 100, two)).isEmpty();
  }

  @Test
  public void commitsAreReadInParts() {
    var rows =
        List.of(
            commit(shard, 0, "a", 1, "c0"),
            tombstone(shard, 1, "a", 1),
            rejected(shard, 2, "a", "c1"),
            commit(shard, 3, "b", 1, "c2"),
            commit(shard, 4, "a", 2, "c3"));
    append(rows);
    var two = rows.get(0).outcome().blobs().size() + rows.get(1).outcome().blobs().size();

    assertSame(session.commits(account("a"), 0, 100, two), rows.subList(0, 2));
    assertSame(session.commits(account("a"), 0, 100, two - 1), rows.subList(0, 1));
    assertSame(session.commits(account("a"), 0, 1, two), rows.subList(0, 1));
    assertSame(session.commits(account("a"), 2, 100, 0), rows.subList(4, 5));
    assertThat(session.commits(account("a"), 5, 100, two)).isEmpty();
    assertThat(session.commits(account("none"), 0, 100, two)).isEmpty();
  }

  @Test
  public void howMuchThereIsOfAnAggregateIsKnownBeforeItIsRead() {
    var rows =
        List.of(
            commit(shard, 0, "a", 1, "c0"),
            tombstone(shard, 1, "a", 1),
            rejected(shard, 2, "a", "c1"),
            commit(shard, 3, "b", 1, "c2"),
            rejected(shard, 4, "c", "c3"));
    append(rows);
    var two = rows.get(0).outcome().blobs().size() + rows.get(1).outcome().blobs().size();
    var one = rows.get(3).outcome().blobs().size();

    var extents =
        session.commitExtents(List.of(account("a"), account("b"), account("c"), account("none")));

    assertThat(extents)
        .as("rows with a dot only, tombstones among them")
        .isEqualTo(
            Map.of(
                account("a"), new StoredLog.Extent(2, two),
                account("b"), new StoredLog.Extent(1, one)));
    assertThat(session.commitExtents(List.of())).isEmpty();
  }

  @Test
  public void rowsAreFoundInPartsOfABoundedSize() {
    var rows = new ArrayList<LogRow>();
    var positions = new ArrayList<LogPosition>();
    var commands = new ArrayList<CommandRef>();
    for (var i = 0; i < 250; i++) {
      rows.add(commit(shard, i, "a" + i, 1, "c" + i));
      positions.add(new LogPosition(neighbour, i));
      positions.add(rows.get(i).position());
      commands.add(new CommandRef(account("a" + i), "none"));
      commands.add(CommandRef.of(rows.get(i)));
    }
    append(rows);
    var three = 0L;
    for (var row : rows.subList(0, 3)) {
      three += row.outcome().blobs().size();
    }

    assertFound(session.rows(positions, three), rows.subList(0, 3), 6, 7);
    assertFound(session.rows(positions, 0), rows.subList(0, 1), 2, 3);
    assertFound(session.rows(positions.subList(2, 3), 0), List.of(), 1, 1);
    assertFound(session.rows(positions, Long.MAX_VALUE), rows, 500, 500);
    assertFound(session.rows(List.of(), three), List.of(), 0, 0);
    assertFound(session.byCommand(commands, three), rows.subList(0, 3), 6, 7);
    assertFound(session.byCommand(commands.subList(1, 2), 0), rows.subList(0, 1), 1, 1);
    assertFound(session.byCommand(commands, Long.MAX_VALUE), rows, 500, 500);
    assertFound(session.byCommand(List.of(), three), List.of(), 0, 0);
  }

  /** A key without a row may count as asked for or not. */
  private static void assertFound(
      LogSession.Found found, List<LogRow> rows, int leastAsked, int mostAsked) {
    assertThat(found.asked()).isBetween(leastAsked, mostAsked);
    assertThat(found.rows())
        .extracting(LogRow::position)
        .containsExactlyInAnyOrderElementsOf(rows.stream().map(LogRow::position).toList());
  }

  void append(List<LogRow> rows) {
    assertThat(session.append(rows)).isEqualTo(Appended.INSTANCE);
  }

  /** Asserts that these are the rows, byte for byte, in this order. */
  static void assertSame(List<LogRow> found, List<LogRow> expected) {
    assertThat(found).extracting(LogRow::position).isEqualTo(positions(expected));
    for (var i = 0; i < found.size(); i++) {
      assertThat(found.get(i).isIdenticalTo(expected.get(i))).as("%s", found.get(i)).isTrue();
    }
  }

  /** The rows as {@link LogSession} gives them where it leaves the order open. */
  static List<LogRow> sorted(List<LogRow> rows) {
    return rows.stream().sorted(Comparator.comparing(LogRow::offset)).toList();
  }

  static List<LogPosition> positions(List<LogRow> rows) {
    return rows.stream().map(LogRow::position).toList();
  }
}
