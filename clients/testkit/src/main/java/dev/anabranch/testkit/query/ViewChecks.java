package dev.anabranch.testkit.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.RowChange;
import dev.anabranch.projection.View;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.ShardAdvance;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewLog;
import dev.anabranch.query.ViewMark;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@link QueryDatabaseConformance} asks of versions that follow views. */
final class ViewChecks {

  private static final AggregateKey AGGREGATE = new AggregateKey("Account", "a");

  private ViewChecks() {}

  /** Changes that a projection of views asks for: what is under the id goes, then one row comes. */
  static List<RowChange> newView(String id, VectorTime revision) {
    var table = QueryDatabaseConformance.THINGS;
    var projection =
        Projection.named("views")
            .tables(table)
            .fromViews(
                TextAggregate.type(), view -> List.of(table.row(id, 2).set("label", view.state())))
            .build();
    return projection.changes(
        new View<>(
            "Account",
            id,
            "eu",
            revision.token(),
            Instant.EPOCH,
            TextAggregate.type().stateCodec().encode("new"),
            false,
            List.of(),
            ""));
  }

  static ViewMark mark(AggregateKey aggregate, @Nullable VectorTime before, VectorTime after) {
    return new ViewMark(aggregate, after, Optional.ofNullable(before));
  }

  static void aViewTakesThePlaceOfTheOneThatWasReadOnly(
      QuerySession session, VersionId version, long writer) {
    assertThat(show(session, version, writer, 0, null, revision(1)))
        .isInstanceOf(ApplyResult.Applied.class);

    for (var stale : new VectorTime[] {null, revision(7)}) {
      assertThat(show(session, version, writer, 1, stale, revision(3)))
          .isInstanceOf(ApplyResult.Overtaken.class);
    }
    assertThat(session.shownViews(version, List.of(AGGREGATE)))
        .containsExactly(Map.entry(AGGREGATE, revision(1)));
    assertThat(session.positions(version, List.of(0))).contains(Map.of(0, 1L));

    assertThat(show(session, version, writer, 1, revision(1), revision(3)))
        .isInstanceOf(ApplyResult.Applied.class);
    assertThat(session.shownViews(version, List.of(AGGREGATE)))
        .containsExactly(Map.entry(AGGREGATE, revision(3)));
  }

  static void theTopicOfAPositionIsNotedWithIt(
      QuerySession session, VersionId version, long writer) {
    var both = List.of(0, 1);
    var one = new ViewLog.Origin("one", ViewLog.NO_EPOCH);
    var later = new ViewLog.Origin("one", Integer.MAX_VALUE);
    assertThat(session.topics(version, both)).isEmpty();
    assertThat(
            session.follow(
                version,
                writer,
                Map.of(0, new ViewLog.Position(one, 5), 1, new ViewLog.Position(later, 0))))
        .isTrue();
    assertThat(session.topics(version, both)).isEqualTo(Map.of(0, one, 1, later));
    assertThat(session.positions(version, both)).contains(Map.of(0, 5L, 1, 0L));

    var two = new ViewLog.Origin("two", 0);
    var back = Map.of(0, new ViewLog.Position(two, 2));
    assertThat(session.follow(version, writer + 1, back)).isFalse();
    var unknown = new VersionId(version.projection(), version.version() + 70);
    assertThat(session.follow(unknown, writer, back)).isFalse();
    assertThat(session.topics(version, both)).isEqualTo(Map.of(0, one, 1, later));
    assertThat(session.positions(version, both)).contains(Map.of(0, 5L, 1, 0L));

    assertThat(session.follow(version, writer, back)).isTrue();
    assertThat(session.follow(version, writer, back)).as("once more").isTrue();
    assertThat(session.topics(version, both)).isEqualTo(Map.of(0, two, 1, later));
    assertThat(session.positions(version, both)).contains(Map.of(0, 2L, 1, 0L));
    assertThat(session.topics(version, List.of(1))).isEqualTo(Map.of(1, later));

    var namelessToo = new ViewLog.Origin("", 7);
    assertThat(session.follow(version, writer, Map.of(0, new ViewLog.Position(namelessToo, 2))))
        .isTrue();
    assertThat(session.topics(version, List.of(0))).isEqualTo(Map.of(0, namelessToo));
  }

  private static ApplyResult show(
      QuerySession session,
      VersionId version,
      long writer,
      long offset,
      @Nullable VectorTime before,
      VectorTime after) {
    return session.apply(
        new QueryBatch(
            version,
            writer,
            List.of(new ShardAdvance(0, offset, offset + 1, 42)),
            List.of(),
            List.of(),
            List.of(),
            List.of(mark(AGGREGATE, before, after))));
  }

  private static VectorTime revision(long own) {
    return VectorTime.ZERO.with(new RegionId("eu"), own);
  }
}
