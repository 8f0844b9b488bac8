package dev.anabranch.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.ShardHead;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store remembers of rows that it lost, and of what a person decided about them. */
abstract class LossConformance {

  EventStore store;
  LogSession session;
  int shard;
  int neighbour;

  /** A store without rows, of at least one database, whose first one holds two or more shards. */
  protected abstract EventStore newStore() throws Exception;

  @BeforeEach
  public final void openSession() throws Exception {
    store = newStore();
    session = store.open(0);
    var homes = store.layout().homes();
    var shards = IntStream.range(0, homes.length).filter(s -> homes[s] == 0).toArray();
    assertThat(shards).hasSizeGreaterThanOrEqualTo(2);
    shard = shards[0];
    neighbour = shards[1];
  }

  @AfterEach
  public final void closeStore() {
    if (session != null) {
      session.close();
    }
    if (store != null) {
      store.close();
    }
  }

  @Test
  public void theLastBookmarkOfEachShardIsKept() {
    session.recordBookmarks(
        Map.of(shard, new LogBookmark("first", 5), neighbour, new LogBookmark("first", 7)));
    session.recordBookmarks(Map.of());
    session.recordBookmarks(Map.of(shard, new LogBookmark("made-anew", 2)));

    try (var other = store.open(0)) {
      assertThat(other.bookmarks(List.of(shard, neighbour)))
          .isEqualTo(
              Map.of(
                  shard, new LogBookmark("made-anew", 2), neighbour, new LogBookmark("first", 7)));
      assertThat(other.bookmarks(List.of(neighbour))).containsOnlyKeys(neighbour);
      assertThat(other.bookmarks(List.of())).isEmpty();
    }
  }

  @Test
  public void theFirstFindingOfAShardStays() {
    var first =
        missing(shard, new ShardHead(7, -3, Long.MAX_VALUE), "row 7, \u00e9gar\u00e9e'", 100);
    var word = missing(neighbour, null, "a peer has it", 101);
    session.recordMissing(first);
    session.recordMissing(missing(shard, new ShardHead(9, 4, 5), "later", 102));
    session.recordMissing(word);

    try (var other = store.open(0)) {
      assertThat(other.missing()).containsExactlyInAnyOrder(first, word);
    }
  }

  @Test
  public void whatIsAcceptedIsMissedNoMore() {
    var of1 = missing(shard, new ShardHead(7, 3, 4), "row 7", 100);
    var of2 = missing(neighbour, new ShardHead(1, 3, 4), "row 1", 100);
    session.recordMissing(of1);
    session.recordMissing(of2);

    session.acceptLoss(loss(shard, 7, 200));

    assertThat(session.missing()).containsExactly(of2);
    session.recordMissing(missing(shard, new ShardHead(7, 3, 4), "an attempt that was slow", 150));
    assertThat(session.missing()).as("it was found before the decision").containsExactly(of2);
    var again = missing(shard, new ShardHead(9, 3, 4), "another loss", 300);
    session.recordMissing(again);
    assertThat(session.missing()).containsExactlyInAnyOrder(again, of2);
  }

  @Test
  public void acceptedLossesAreKeptOldestFirst() {
    var losses = List.of(loss(neighbour, 3, 100), loss(shard, 7, 200), loss(neighbour, 5, 300));
    losses.forEach(session::acceptLoss);

    try (var other = store.open(0)) {
      assertThat(other.acceptedLosses()).isEqualTo(losses);
    }
  }

  private static MissingRow missing(
      int shard, @Nullable ShardHead head, String what, long foundAt) {
    return new MissingRow(shard, head, what, foundAt);
  }

  private static AcceptedLoss loss(int shard, long from, long acceptedAt) {
    return new AcceptedLoss(
        shard,
        from,
        from + 2,
        new LogBookmark("topic", 1L << 40),
        "kim \u00e9",
        "disk 'gone'\n",
        acceptedAt);
  }
}
