package dev.anabranch.cli.verify.across;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.cli.verify.VerificationProgress;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.ConflictStatus;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two regions on the heap, with different numbers of shards; what one lacks is a finding. */
class AcrossTest {

  private static final AggregateKey KEY = AggregateKey.parse("Order/1");

  private final Side a = new Side("a", 4);
  private final Side b = new Side("b", 8);

  @Test
  void regionsWithTheSameCommitsInAnyOrderAreTheSame() {
    a.commit("a", 1, "x");
    a.commit("b", 1, "y");
    b.commit("b", 1, "y");
    b.commit("a", 1, "x");

    var report = run();

    assertThat(report.problems()).isEmpty();
    assertThat(report.commits()).isEqualTo(2);
    assertThat(report.aggregates()).isEqualTo(1);
  }

  @Test
  void aMissingCommitIsNamedWithTheRegionThatLacksIt() {
    a.commit("a", 1, "x");
    a.commit("a", 2, "y");
    b.commit("a", 1, "x");

    assertThat(run().problems())
        .singleElement()
        .asString()
        .contains("Order/1", "a:2", "missing in b");
  }

  @Test
  void aCommitWithOtherBytesIsAProblem() {
    a.commit("a", 1, "x");
    b.commit("a", 1, "other");

    assertThat(run().problems()).singleElement().asString().contains("a:1", "not the same in b");
  }

  @Test
  void aTombstoneIsCountedAndNoProblem() {
    a.commit("a", 1, "x");
    b.tombstone("a", 1);

    var report = run();

    assertThat(report.clean()).isTrue();
    assertThat(report.withheld()).isEqualTo(1);
  }

  @Test
  void viewsAreComparedByTheirLast() {
    a.views.add(view("a", "x"));
    a.views.add(view("a", "y"));
    b.views.add(view("b", "y"));
    assertThat(run().clean()).isTrue();

    b.views.add(view("b", "z"));
    assertThat(run().problems()).singleElement().asString().contains("views differ");
  }

  @Test
  void anOpenConflictThatOneRegionDoesNotShowIsAProblem() {
    a.conflicts.add(conflict("a"));
    assertThat(run().problems())
        .singleElement()
        .asString()
        .contains("a:1 b:1", "no such open conflict in b");

    b.conflicts.add(conflict("b"));
    assertThat(run().clean()).isTrue();
  }

  @Test
  void aCommitThatOneRegionHasAppliedTwiceIsAProblem() {
    a.commit("a", 1, "x");
    b.commit("a", 1, "x");
    b.commit("a", 1, "x");

    assertThat(run().problems())
        .singleElement()
        .asString()
        .contains("Order/1", "a:1", "twice in b", "@0", "@1");
  }

  @Test
  void aCommitThatBothRegionsHaveAppliedTwiceIsAProblemInEach() {
    for (var side : List.of(a, b)) {
      side.commit("a", 1, "x");
      side.commit("a", 2, "y");
      side.commit("a", 1, "x");
    }

    assertThat(run().problems())
        .hasSize(2)
        .anySatisfy(problem -> assertThat(problem).contains("a:1", "twice in a"))
        .anySatisfy(problem -> assertThat(problem).contains("a:1", "twice in b"));
  }

  @Test
  void aPayloadThatFillsItsTombstoneIsNotAppliedTwice() {
    a.commit("a", 1, "x");
    b.tombstone("a", 1);
    b.commit("a", 1, "x");

    var report = run();

    assertThat(report.problems()).isEmpty();
    assertThat(report.withheld()).isZero();
  }

  @Test
  void moreAggregatesThanAreLookedAtAgainAreNeverTakenForTheSame() {
    for (var i = 0; i < 5; i++) {
      a.commitOf("Order/" + i, "a", 1, "x");
    }

    var few =
        new Across(List.of(a.stores(), b.stores()), Duration.ZERO, VerificationProgress.NONE, 2)
            .run();

    assertThat(few.clean()).isFalse();
    assertThat(few.problems()).hasSize(3);
    assertThat(few.problems().get(2)).startsWith("3 more aggregates differ");
  }

  @Test
  void aRegionIsNotComparedWithItself() {
    var stores = List.of(a.stores(), a.stores());
    assertThatThrownBy(() -> new Across(stores, Duration.ZERO, VerificationProgress.NONE))
        .hasMessageContaining("region a is given twice");

    var renamed = List.of(a.stores(), new RegionStores("b", a.store, apply -> {}, () -> List.of()));
    assertThatThrownBy(() -> new Across(renamed, Duration.ZERO, VerificationProgress.NONE))
        .hasMessageContaining("the store of region b is that of another one");
  }

  private AcrossReport run() {
    return new Across(List.of(a.stores(), b.stores()), Duration.ZERO, VerificationProgress.NONE)
        .run();
  }

  private static AggregateView view(String region, String state) {
    var encoded = new EncodedMessage("S", 1, state.getBytes(StandardCharsets.UTF_8));
    return new AggregateView(
        region,
        KEY,
        VectorTime.of(Map.of(new RegionId("a"), 1L)),
        1,
        encoded,
        "text/plain",
        false,
        List.of(),
        List.of(),
        "");
  }

  private static ConflictRecord conflict(String region) {
    return new ConflictRecord(
        region,
        KEY,
        "a:1+b:1",
        ConflictStatus.OPENED,
        2,
        VectorTime.ZERO,
        1,
        1,
        List.of(
            new VersionState(new Dot(new RegionId("a"), 1), 1, null),
            new VersionState(new Dot(new RegionId("b"), 1), 2, null)),
        null,
        "");
  }

  private static final class Side {
    final String name;
    final InMemoryEventStore store;
    final List<AggregateView> views = new ArrayList<>();
    final List<ConflictRecord> conflicts = new ArrayList<>();
    private final int shards;
    private final Map<Integer, Long> next = new HashMap<>();
    private final Set<String> commands = new HashSet<>();
    private long version;

    Side(String name, int shards) {
      this.name = name;
      this.shards = shards;
      this.store = new InMemoryEventStore(name, shards, 2, 1);
    }

    void commit(String origin, long n, String event) {
      commitOf(KEY.toString(), origin, n, event);
    }

    void commitOf(String key, String origin, long n, String event) {
      append(
          AggregateKey.parse(key),
          RowKind.COMMIT,
          ++version,
          origin + n,
          new Dot(new RegionId(origin), n),
          event.getBytes(StandardCharsets.UTF_8));
    }

    void tombstone(String origin, long n) {
      append(KEY, RowKind.TOMBSTONE, 0, null, new Dot(new RegionId(origin), n), Blobs.EMPTY);
    }

    private void append(
        AggregateKey key, RowKind kind, long ofVersion, String command, Dot dot, byte[] events) {
      var shard = Shards.shardOf(key, shards);
      var row =
          new Outcome(
                  kind,
                  key,
                  ofVersion,
                  command,
                  command == null || commands.add(command) ? "" : dot.origin().value(),
                  dot,
                  new Stamp(1, 5 * dot.n(), 1),
                  new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, events))
              .at(shard, next.merge(shard, 1L, Long::sum) - 1);
      try (var session = store.open(0)) {
        session.append(List.<LogRow>of(row));
      }
    }

    RegionStores stores() {
      return new RegionStores(name, store, apply -> views.forEach(apply), () -> conflicts);
    }
  }
}
