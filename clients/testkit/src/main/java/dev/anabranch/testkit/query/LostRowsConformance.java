package dev.anabranch.testkit.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.LogPosition;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.ShardAdvance;
import dev.anabranch.query.VersionId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a database remembers of shards in which a version stands still. */
abstract class LostRowsConformance {

  private static final long WRITER = 9;

  QueryDatabase database;
  QuerySession session;
  VersionId version;

  /**
   * A database for {@value QueryDatabaseConformance#SHARDS} shards with one version of {@link
   * QueryDatabaseConformance#PROJECTION}, live.
   */
  protected abstract QueryDatabase newDatabase() throws Exception;

  /** Begins another version, which is not live. */
  protected abstract VersionId begin() throws Exception;

  protected abstract void drop(VersionId version) throws Exception;

  @BeforeEach
  public final void openSession() throws Exception {
    database = newDatabase();
    session = database.open();
    var versions = session.versions();
    version = versions.isEmpty() ? new VersionId("none", 1) : versions.get(0).id();
  }

  @AfterEach
  public final void closeDatabase() {
    if (session != null) {
      session.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @Test
  public final void theFirstFindingOfAShardStaysUntilItIsForgotten() throws Exception {
    var first = lost(1, 7, 99, "row 1:7 is \u00e9gar\u00e9e'");
    var of3 = lost(3, 0, LostRow.NEEDED, "a hole");
    assertThat(session.recordLost(version, first)).isTrue();
    assertThat(session.recordLost(version, lost(1, 8, LostRow.FORKED, "later"))).isTrue();
    assertThat(session.recordLost(version, of3)).isTrue();

    assertThat(session.lostRows(version, List.of(0, 1, 2, 3)))
        .containsExactlyInAnyOrder(first, of3);
    assertThat(session.lostRows(version, List.of(0, 1))).containsExactly(first);
    assertThat(session.lostRows(version, List.of())).isEmpty();
    assertThat(session.lostRows(begin(), List.of(0, 1, 2, 3))).isEmpty();
    session.forgetLost(version, 1);
    assertThat(session.lostRows(version, List.of(0, 1, 2, 3))).containsExactly(of3);
  }

  @Test
  public final void whatIsLostGoesWithItsVersion() throws Exception {
    var second = begin();
    assertThat(session.recordLost(second, lost(1, 7, 99, "gone"))).isTrue();
    assertThat(session.lostRows(second, List.of(1))).hasSize(1);
    drop(second);
    assertThat(session.lostRows(second, List.of(1))).isEmpty();
    assertThat(session.recordLost(second, lost(1, 7, 99, "gone"))).isTrue();
    assertThat(session.lostRows(second, List.of(1))).isEmpty();
  }

  @Test
  public final void theClockOfTheLastRowIsKnown() {
    assertThat(session.claim(version, List.of(0, 1, 2), WRITER)).isPresent();
    advance(new ShardAdvance(0, 0, 2, 42), new ShardAdvance(1, 0, 1, 77));
    advance(new ShardAdvance(0, 2, 2, 0));

    assertThat(session.clocks(version, List.of(0, 1, 2))).isEqualTo(Map.of(0, 42L, 1, 77L, 2, 0L));
    assertThat(session.clocks(version, List.of())).isEmpty();
  }

  private void advance(ShardAdvance... advances) {
    var unused =
        session.apply(
            new QueryBatch(version, WRITER, List.of(advances), List.of(), List.of(), List.of()));
  }

  private static LostRow lost(int shard, long offset, long clock, String what) {
    return new LostRow(new LogPosition(shard, offset), clock, what, 1_000 + offset);
  }
}
