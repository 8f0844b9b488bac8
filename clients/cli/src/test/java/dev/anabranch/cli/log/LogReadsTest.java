package dev.anabranch.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.testkit.store.InMemoryEventStore;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A store whose sessions end when the test says so. */
class LogReadsTest {

  private static final AggregateKey KEY = new AggregateKey("Account", "1");
  private static final int SHARD = Shards.shardOf(KEY, 8);

  private final EventStore inMemory = new InMemoryEventStore("eu", 8, 2, 2);
  private final List<LogSession> opened = new ArrayList<>();
  private boolean away;

  @Test
  void aReadOnASessionThatTheServerEndedIsMadeAgainOnANewOne() {
    append(3, 10);
    try (var sessions = new CurrentSession(store())) {
      assertThat(sessions.of(KEY).page(SHARD, 0)).hasSize(3);
      opened.get(0).close();

      assertThat(sessions.of(KEY).page(SHARD, 1)).hasSize(2);
      opened.get(1).close();
      assertThat(sessions.of(KEY).history(KEY, 0, 10)).hasSize(3);
    }

    assertThat(opened).hasSize(3);
  }

  @Test
  void aDatabaseThatIsAwayIsSaidToBe() {
    append(3, 10);
    try (var sessions = new CurrentSession(store())) {
      var reads = sessions.of(KEY);
      assertThat(reads.page(SHARD, 0)).hasSize(3);
      opened.get(0).close();
      away = true;

      assertThatThrownBy(() -> reads.page(SHARD, 0))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("away");
    }
  }

  @Test
  void aLongHistoryOfLargeRowsIsReadInPagesOfABoundedSize() {
    append(25, 1_000_000);
    try (var sessions = new CurrentSession(store())) {
      var reads = sessions.of(KEY);
      assertThat(reads.page(SHARD, 0)).hasSize(8);
      assertThat(reads.history(KEY, 0, 100)).hasSize(8);

      var versions = new ArrayList<Long>();
      AggregateHistory.read(
          reads, KEY, Long.MAX_VALUE, row -> versions.add(row.outcome().version()));
      assertThat(versions).hasSize(25).isSorted().doesNotHaveDuplicates();
    }
  }

  private EventStore store() {
    return new EventStore() {
      @Override
      public StoreLayout layout() {
        return inMemory.layout();
      }

      @Override
      public LogSession open(int database) {
        if (away) {
          throw new StoreUnavailableException("the database is away", null);
        }
        var session = inMemory.open(database);
        opened.add(session);
        return session;
      }

      @Override
      public LogSession reopen(int database, LogSession lost) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void close() {}
    };
  }

  private void append(int rows, int bytes) {
    try (var session = inMemory.open(inMemory.layout().databaseOf(SHARD))) {
      for (var i = 0; i < rows; i++) {
        session.append(List.of(commit(i, bytes)));
      }
    }
  }

  private static LogRow commit(int offset, int bytes) {
    var event = new EncodedMessage("Happened", 1, "x".repeat(bytes).getBytes(UTF_8));
    return new Outcome(
            RowKind.COMMIT,
            KEY,
            offset + 1,
            "c" + offset,
            "",
            new Dot(new RegionId("eu"), offset + 1),
            new Stamp(1, offset, offset),
            new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, EventsBlob.encode(List.of(event))))
        .at(SHARD, offset);
  }
}
