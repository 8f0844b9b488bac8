package dev.anabranch.testkit.store;

import static dev.anabranch.testkit.store.ConformanceRows.OTHER_WRITER;
import static dev.anabranch.testkit.store.ConformanceRows.WRITER;
import static dev.anabranch.testkit.store.ConformanceRows.account;
import static dev.anabranch.testkit.store.ConformanceRows.commit;
import static dev.anabranch.testkit.store.ConformanceRows.rejected;
import static dev.anabranch.testkit.store.ConformanceRows.tombstone;
import static dev.anabranch.testkit.store.ConformanceRows.withBlobs;
import static dev.anabranch.testkit.store.ConformanceRows.withSlot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every event store must do, as the port says it: extend this class and give it a store.
 *
 * <p>Not covered: timeouts, servers that die, and failing over, which each store tests with its own
 * means. Nothing here may be skipped.
 */
public abstract class EventStoreConformance extends PageConformance {

  @Test
  public void everyFieldOfARowIsReadBack() {
    var rows = ConformanceRows.everyKind(shard);
    append(rows);

    assertSame(session.read(shard, 0, 100), rows);
    assertSame(sorted(session.rows(positions(rows))), rows);
    assertSame(
        session.byCommand(List.of(new CommandRef(account("kinds"), "c1"))), List.of(rows.get(1)));
    assertSame(
        session.history(account("kinds"), 0, 100),
        List.of(rows.get(0), rows.get(3), rows.get(5), rows.get(6)));
  }

  @Test
  public void aShardIsReadInOrderFromAnyOffset() {
    var rows = new ArrayList<LogRow>();
    for (var i = 0; i < 20; i++) {
      rows.add(commit(shard, i, "a", i + 1, "c" + i));
    }
    append(rows.subList(0, 7));
    append(rows.subList(7, 20));

    assertSame(session.read(shard, 0, 100), rows);
    assertSame(session.read(shard, 5, 10), rows.subList(5, 15));
    assertSame(session.read(shard, 19, 10), rows.subList(19, 20));
    assertThat(session.read(shard, 20, 10)).isEmpty();
  }

  @Test
  public void shardsAreSeparate() {
    append(List.of(commit(shard, 0, "a", 1, "c1"), commit(neighbour, 0, "b", 1, "c1")));
    append(List.of(commit(neighbour, 1, "b", 2, "c2")));

    assertThat(session.read(shard, 0, 10)).hasSize(1);
    assertThat(session.read(neighbour, 0, 10)).hasSize(2);
  }

  @Test
  public void headsAndMarksAreThoseOfTheStoredRows() {
    var rows = List.of(commit(shard, 0, "a", 1, "c1"), rejected(shard, 1, "a", "c2"));
    append(rows);
    var missing = new LogPosition(shard, 2);

    assertThat(session.heads(List.of(shard, neighbour)))
        .isEqualTo(Map.of(shard, mark(rows.get(1))));
    assertThat(session.marks(List.of(rows.get(0).position(), missing)))
        .isEqualTo(Map.of(rows.get(0).position(), mark(rows.get(0))));
    assertSame(session.rows(List.of(missing, rows.get(1).position())), rows.subList(1, 2));
  }

  @Test
  public void anAppendMayBeRepeated() {
    var rows = List.of(commit(shard, 0, "a", 1, "c1"), rejected(shard, 1, "a", "c2"));
    append(rows);

    assertThat(session.append(rows)).isEqualTo(Appended.INSTANCE);
    assertSame(session.read(shard, 0, 10), rows);
  }

  @Test
  public void anotherWritersRowIsAFence() {
    append(List.of(commit(shard, 0, account("a"), 1, "c1", OTHER_WRITER)));

    assertFenced(
        List.of(commit(shard, 0, "b", 1, "c2"), commit(shard, 1, "b", 2, "c3")),
        position(shard, 0));
    // The same row, but for its writer.
    assertFenced(List.of(commit(shard, 0, account("a"), 1, "c1", WRITER)), position(shard, 0));
    assertThat(session.read(shard, 0, 10)).hasSize(1);
    assertThat(session.history(account("b"), 0, 10)).isEmpty();
  }

  @Test
  public void aFenceInOneShardStoresNothingInAnother() {
    append(List.of(commit(neighbour, 0, account("a"), 1, "c1", OTHER_WRITER)));

    assertFenced(
        List.of(commit(shard, 0, "b", 1, "c2"), commit(neighbour, 0, "c", 1, "c3")),
        position(neighbour, 0));
    assertThat(session.read(shard, 0, 10)).isEmpty();
  }

  @Test
  public void aFenceIsToldBeforeARepeatedCommand() {
    append(
        List.of(
            commit(shard, 0, account("a"), 1, "c1", OTHER_WRITER),
            commit(shard, 1, account("a"), 2, "c2", OTHER_WRITER)));

    assertFenced(List.of(commit(shard, 1, "a", 2, "c1")), position(shard, 1));
  }

  @Test
  public void storedCommandsAreNamedAndTheRestOfTheBatchIsNotStored() {
    var stored = new ArrayList<LogRow>();
    for (var i = 0; i < 3; i++) {
      stored.add(rejected(shard, i, "old" + i, "known"));
    }
    append(stored);
    var batch = new ArrayList<LogRow>();
    for (var i = 0; i < 50; i++) {
      batch.add(commit(shard, 3 + i, "new" + i, 1, "c" + i));
    }
    for (var i = 0; i < 3; i++) {
      batch.set(20 + i, commit(shard, 23 + i, "old" + i, 1, "known"));
    }
    var result = session.append(batch);

    assertThat(result).isInstanceOf(AppendResult.DuplicateCommands.class);
    assertSame(sorted(((AppendResult.DuplicateCommands) result).stored()), stored);
    assertThat(session.read(shard, 0, 100)).hasSize(3);
    assertThat(session.heads(List.of(shard))).isEqualTo(Map.of(shard, mark(stored.get(2))));
  }

  @Test
  public void aCommandIdIsUniqueWithinItsAggregateOnly() {
    append(
        List.of(
            commit(shard, 0, "a", 1, "c1"),
            commit(shard, 1, "b", 1, "c1"),
            commit(shard, 2, new AggregateKey("Order", "a"), 1, "c1", WRITER)));

    assertThat(session.byCommand(List.of(new CommandRef(account("a"), "c1")))).hasSize(1);
    assertThat(session.read(shard, 0, 10)).hasSize(3);
  }

  @Test
  public void aStoredVersionWithoutAFenceIsAMismatch() {
    var stored = commit(shard, 0, "a", 1, "c1");
    append(List.of(stored));
    var ours = commit(shard, 2, "a", 1, "c2");
    var result = session.append(List.of(commit(shard, 1, "b", 1, "c1"), ours));

    assertThat(result).isInstanceOf(AppendResult.StateMismatch.class);
    var mismatch = (AppendResult.StateMismatch) result;
    assertThat(mismatch.ours().isIdenticalTo(ours)).isTrue();
    assertThat(mismatch.stored().isIdenticalTo(stored)).isTrue();
    assertThat(session.read(shard, 0, 10)).hasSize(1);
  }

  @Test
  public void aSlotTellsRowsOfOneCommandApart() {
    var first = commit(shard, 0, "a", 1, "c1");
    var replicated = withSlot(commit(shard, 1, "a", 2, "c1"), "us-east-1");
    append(List.of(first, replicated));

    assertSame(session.byCommand(List.of(new CommandRef(account("a"), "c1"))), List.of(first));
    var found = session.ofCommand(new CommandRef(account("a"), "c1"));
    assertThat(found).extracting(LogRow::offset).containsExactlyInAnyOrder(0L, 1L);
    assertThat(session.append(List.of(withSlot(commit(shard, 2, "a", 3, "c1"), "us-east-1"))))
        .isInstanceOf(AppendResult.DuplicateCommands.class);
  }

  @Test
  public void rowsWithoutACommandIdOrAVersionNeverClash() {
    var rows =
        List.of(
            tombstone(shard, 0, "a", 1),
            tombstone(shard, 1, "a", 2),
            rejected(shard, 2, "a", "c1"),
            rejected(shard, 3, "a", "c2"));
    append(rows);

    assertSame(session.read(shard, 0, 10), rows);
    assertThat(session.history(account("a"), 0, 10)).isEmpty();
  }

  @Test
  public void aHistoryIsReadInPartsInTheOrderOfVersions() {
    var rows = new ArrayList<LogRow>();
    for (var i = 0; i < 10; i++) {
      rows.add(commit(shard, 2L * i, "a", i + 1, "c" + i));
      rows.add(rejected(shard, 2L * i + 1, "a", "r" + i));
    }
    append(rows);
    var versions = rows.stream().filter(row -> row.outcome().version() > 0).toList();

    assertSame(session.history(account("a"), 0, 100), versions);
    assertSame(session.history(account("a"), 3, 4), versions.subList(3, 7));
    assertThat(session.history(account("a"), 10, 4)).isEmpty();
    assertThat(session.history(account("b"), 0, 4)).isEmpty();
  }

  @Test
  public void historiesOfManyAggregatesAreReadAtOnce() {
    var rows = new ArrayList<LogRow>();
    for (var i = 0; i < 30; i++) {
      rows.add(commit(shard, i, "a" + i % 3, i / 3 + 1, "c" + i));
    }
    append(rows);
    var histories = session.histories(List.of(account("a0"), account("a2"), account("none")));

    assertThat(histories).containsOnlyKeys(account("a0"), account("a2"));
    for (var history : histories.values()) {
      assertThat(history)
          .extracting(row -> row.outcome().version())
          .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }
  }

  @Test
  public void commitsAreReadWithTombstones() {
    var a = commit(shard, 0, "a", 1, "c0");
    append(List.of(a, tombstone(shard, 1, "a", 1), rejected(shard, 2, "a", "c1")));
    append(List.of(commit(shard, 3, "b", 1, "c2"), commit(shard, 4, "a", 2, "c3")));
    var commits = session.commits(List.of(account("a"), account("none")));
    assertThat(commits).containsOnlyKeys(account("a"));
    assertThat(commits.get(account("a"))).extracting(LogRow::offset).containsExactly(0L, 1L, 4L);
  }

  @Test
  public void commandsAreFoundInOneCall() {
    var rows = new ArrayList<LogRow>();
    var commands = new ArrayList<CommandRef>();
    for (var i = 0; i < 200; i++) {
      rows.add(commit(shard, i, "a" + i, 1, "c" + i));
      commands.add(new CommandRef(account("a" + i), "c" + i));
      commands.add(new CommandRef(account("a" + i), "c" + (i + 1)));
    }
    append(rows);

    assertThat(session.byCommand(commands))
        .extracting(LogRow::position)
        .containsExactlyInAnyOrderElementsOf(rows.stream().map(LogRow::position).toList());
    assertThat(session.byCommand(List.of())).isEmpty();
  }

  @Test
  public void textsThatDifferInAByteAreDifferent() {
    var rows = new ArrayList<LogRow>();
    for (var text : OddTexts.ALL) {
      rows.add(commit(shard, rows.size(), text, 1, text));
    }
    var one = account("one");
    for (var text : OddTexts.ALL) {
      rows.add(
          commit(shard, rows.size(), one, rows.size() - OddTexts.ALL.size() + 1, text, WRITER));
    }
    append(rows);

    assertSame(session.read(shard, 0, 1_000), rows);
    for (var i = 0; i < OddTexts.ALL.size(); i++) {
      var text = OddTexts.ALL.get(i);
      var expected = List.of(rows.get(i));
      assertSame(session.history(account(text), 0, 10), expected);
      assertSame(session.byCommand(List.of(new CommandRef(account(text), text))), expected);
      assertSame(
          session.byCommand(List.of(new CommandRef(one, text))),
          List.of(rows.get(OddTexts.ALL.size() + i)));
    }
  }

  @Test
  public void idsOfTheGreatestLengthAreKept() {
    var ids = List.of("x".repeat(128), "\u00e9".repeat(64), "\uD83D\uDE00".repeat(32));
    var rows = new ArrayList<LogRow>();
    for (var id : ids) {
      var key = new AggregateKey("T".repeat(64), id);
      rows.add(commit(shard, rows.size(), key, 1, id.substring(0, id.length() / 2), WRITER));
    }
    append(rows);

    assertSame(session.read(shard, 0, 10), rows);
  }

  @Test
  public void blobsAreKeptByteByByte() {
    var large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    var all = new byte[256];
    for (var i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    var row = commit(shard, 0, "a", 1, "c1");
    var rows =
        List.of(
            withBlobs(row, new Blobs(all, all, all, large)),
            withBlobs(
                commit(shard, 1, "a", 2, "c2"),
                new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY)));
    append(rows);

    assertSame(session.read(shard, 0, 10), rows);
  }

  @Test
  public void aFullBatchOverSeveralShardsIsOneAppend() {
    var rows = new ArrayList<LogRow>();
    for (var i = 0; i < 250; i++) {
      rows.add(commit(shard, i, "a" + i % 10, i / 10 + 1, "c" + i));
    }
    for (var i = 0; i < 250; i++) {
      rows.add(commit(neighbour, i, "b" + i % 10, i / 10 + 1, "c" + i));
    }
    append(rows);

    assertSame(session.read(shard, 0, 1_000), rows.subList(0, 250));
    assertSame(session.read(neighbour, 0, 1_000), rows.subList(250, 500));
  }

  @Test
  public void publishedOffsetsNeverMoveBack() {
    session.recordPublished(Map.of(shard, 7L));
    session.recordPublished(Map.of(shard, 5L));

    assertThat(session.published(List.of(shard, neighbour))).isEqualTo(Map.of(shard, 7L));
    session.recordPublished(Map.of(shard, 9L, neighbour, 1L));
    assertThat(session.published(List.of(shard, neighbour)))
        .isEqualTo(Map.of(shard, 9L, neighbour, 1L));
    assertThat(session.published(List.of(neighbour))).isEqualTo(Map.of(neighbour, 1L));
  }

  @Test
  public void parkedCommandsAreRememberedByShard() {
    assertThat(session.hasParkedCommands()).isFalse();
    session.recordParked(0, 9, Set.of(3, 7));
    session.recordParked(10, 19, Set.of(15));
    session.recordParked(10, 19, Set.of());
    assertThat(session.hasParkedCommands()).isTrue();
    session.recordParked(0, 9, Set.of(7));
    session.recordParked(0, 9, Set.of(7));
    session.recordParked(0, 6, Set.of());
    assertThat(session.hasParkedCommands()).as("shard 7 is left").isTrue();
    // The owner of another range: after rescaling, its ranges are not those of the writer before.
    session.recordParked(5, 12, Set.of());
    assertThat(session.hasParkedCommands()).isFalse();
  }

  @Test
  public void whoHasTakenTheAnswersOverIsTheOnlyOneToRecordThem() {
    byte[] first = {1, 0, (byte) 0xff};
    assertThat(session.takeAnswers(7, List.of(3, 4)).get(3)).isNullOrEmpty();
    assertThat(session.recordAnswered(7, Map.of(3, first, 4, first))).isTrue();
    assertThat(session.takeAnswers(-8, List.of(3)).get(3)).isEqualTo(first);

    byte[] late = {2};
    assertThat(session.recordAnswered(7, Map.of(3, late))).isFalse();
    assertThat(session.recordAnswered(7, Map.of(4, late))).isTrue();
    assertThat(session.takeAnswers(9, List.of(3, 4)))
        .hasEntrySatisfying(3, kept -> assertThat(kept).isEqualTo(first))
        .hasEntrySatisfying(4, now -> assertThat(now).isEqualTo(late));
  }

  @Test
  public void allSessionsSeeTheSameRows() {
    append(List.of(commit(shard, 0, "a", 1, "c1")));
    try (var other = store.open(0)) {
      assertThat(other.read(shard, 0, 10)).hasSize(1);
      assertThat(other.append(List.of(commit(shard, 1, "a", 2, "c2"))))
          .isEqualTo(Appended.INSTANCE);
    }
    session.ping();

    assertThat(session.read(shard, 0, 10)).hasSize(2);
  }

  @Test
  public void aLostSessionIsReplacedAndOfNoMoreUse() {
    var row = commit(shard, 0, "a", 1, "c1");
    append(List.of(row));
    var successor = store.reopen(0, session);
    try (successor) {
      assertThat(session.append(List.of(commit(shard, 1, "a", 2, "c2"))))
          .isInstanceOf(AppendResult.Unknown.class);
      assertThatThrownBy(() -> session.read(shard, 0, 10))
          .isInstanceOf(StoreUnavailableException.class);

      assertSame(successor.read(shard, 0, 10), List.of(row));
      assertThat(successor.append(List.of(row))).isEqualTo(Appended.INSTANCE);
    }
  }

  private void assertFenced(List<LogRow> rows, LogPosition taken) {
    assertThat(session.append(rows)).isEqualTo(new AppendResult.Fenced(taken, OTHER_WRITER));
  }

  private static LogPosition position(int shard, long offset) {
    return new LogPosition(shard, offset);
  }

  private static ShardHead mark(LogRow row) {
    var stamp = row.outcome().stamp();
    return new ShardHead(row.offset(), stamp.writer(), stamp.hlc());
  }
}
