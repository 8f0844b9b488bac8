package dev.anabranch.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.RowKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Counts accesses, since time on a busy machine says little. */
class GraphCostTest {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");

  private final GraphEntriesInMemory stored = new GraphEntriesInMemory();
  private final Counted entries = new Counted(stored);
  private final VersionSnapshotsInMemory<Long> snapshots = new VersionSnapshotsInMemory<>();
  private final Counting folding = new Counting();
  private final VersionStates<Long> states =
      new VersionStates<>(new VersionGraph(entries), folding, snapshots);

  @Test
  void aRegionThatWritesAloneDoesConstantWorkPerCommit() {
    line(1, 1_000);
    entries.accesses = 0;
    folding.folds = 0;

    line(1_001, 1_000);

    assertThat(entries.passes).isZero();
    assertThat(folding.folds).isEqualTo(1_000);
    assertThat(entries.accesses).isLessThanOrEqualTo(12_000);
    assertThat(snapshots.size()).as("stored states").isLessThan(40);
  }

  @Test
  void aStateThatTheDeciderHasFoldedIsNotFoldedAgain() {
    line(1, 10);
    folding.folds = 0;

    states.add(commit(new Dot(A, 11), 110, VectorTime.of(Map.of(A, 10L)), dots(10)), 11L);
    assertThat(folding.folds).isZero();
    assertThat(states.resolved("m")).isEqualTo(11L);

    // More is live than the commit extends: the caller may have folded it over something else.
    states.add(commit(new Dot(B, 1), 115, VectorTime.of(Map.of(A, 10L)), dots(10)));
    states.add(commit(new Dot(A, 12), 120, VectorTime.of(Map.of(A, 11L)), dots(11)), 99L);
    assertThat(states.state(new Dot(A, 12))).as("not taken on trust").isEqualTo(12L);
  }

  @Test
  void twoRegionsThatMergeEachOthersCommitsDoConstantWorkPerCommit() {
    var last = List.<Dot>of();
    for (var n = 1; n <= 500; n++) {
      if (n == 400) {
        entries.accesses = 0;
        folding.folds = 0;
      }
      var context = n == 1 ? VectorTime.ZERO : VectorTime.of(Map.of(A, n - 1L, B, n - 1L));
      states.add(commit(new Dot(A, n), 2L * n, context, last));
      states.add(commit(new Dot(B, n), 2L * n + 1, context, last));
      last = List.of(new Dot(A, n), new Dot(B, n));
    }

    assertThat(entries.passes).isZero();
    assertThat(folding.folds).isEqualTo(202);
    assertThat(entries.accesses).isLessThanOrEqualTo(202 * 40);
  }

  @Test
  void anOldStateIsDerivedAgainFromOneThatIsNotFar() {
    line(1, 10_000);
    folding.folds = 0;

    states.add(commit(new Dot(B, 1), 1_000_000, VectorTime.of(Map.of(A, 4_999L)), dots(4_999)));

    assertThat(folding.folds).isLessThanOrEqualTo(VersionStates.SNAPSHOT_DISTANCE + 1);
    assertThat(states.base("m")).isEqualTo(4_999L);
  }

  /** Nothing stored, as after a lost cache; no stack is deep enough for a call per commit. */
  @Test
  void aLongHistoryIsDerivedWithoutDeepCalls() {
    line(1, 100_000);
    var cold =
        new VersionStates<>(
            new VersionGraph(stored), folding, new VersionSnapshotsInMemory<Long>());

    assertThat(cold.resolved("m")).isEqualTo(100_000L);
  }

  @Test
  void aLongHistoryOfCrossingsIsDerivedWithoutDeepCalls() {
    var last = List.<Dot>of();
    for (var n = 1; n <= 20_000; n++) {
      var context = n == 1 ? VectorTime.ZERO : VectorTime.of(Map.of(A, n - 1L, B, n - 1L));
      states.add(commit(new Dot(A, n), 2L * n, context, last));
      states.add(commit(new Dot(B, n), 2L * n + 1, context, last));
      last = List.of(new Dot(A, n), new Dot(B, n));
    }
    var expected = states.resolved("m");
    var cold =
        new VersionStates<>(
            new VersionGraph(stored), folding, new VersionSnapshotsInMemory<Long>());

    assertThat(cold.resolved("m")).isEqualTo(expected);
  }

  @Test
  void compactionLeavesOfALineItsEndOnly() {
    line(1, 5_000);
    states.compact(VectorTime.of(Map.of(A, 4_990L)));

    assertThat(stored.size()).isEqualTo(11);
    assertThat(snapshots.size()).isLessThanOrEqualTo(11);

    line(5_001, 10);
    assertThat(states.resolved("m")).isEqualTo(5_010L);
  }

  @Test
  void aGraphThatIsCompactedWhenItSaysSoStaysSmall() {
    for (var n = 1; n <= 20_000; n += 10) {
      line(n, 10);
      if (states.graph().isWorthCompacting()) {
        states.compact(VectorTime.of(Map.of(A, n + 4L)));
      }
      assertThat(stored.size()).isLessThan(30);
    }
    // One for 10 commits, of about as many entries.
    assertThat(entries.passes).as("passes over all entries").isLessThanOrEqualTo(2_000);
  }

  private void line(long from, int count) {
    for (var n = from; n < from + count; n++) {
      var context = n == 1 ? VectorTime.ZERO : VectorTime.of(Map.of(A, n - 1));
      states.add(commit(new Dot(A, n), 10 * n, context, dots(n - 1)));
    }
  }

  private static List<Dot> dots(long n) {
    return n == 0 ? List.of() : List.of(new Dot(A, n));
  }

  private static VersionNode commit(Dot dot, long hlc, VectorTime context, List<Dot> parents) {
    return new VersionNode(
        dot, hlc, RowKind.COMMIT, context, parents, parents.size() > 1 ? "m" : "", "c" + dot, null);
  }

  /** Counts commits: the greatest number of them that any of the versions has. */
  private static final class Counting implements VersionFolding<Long> {
    private int folds;

    @Override
    public Long initial() {
      return 0L;
    }

    @Override
    public Long evolve(Long before, VersionNode node) {
      folds++;
      return before + 1;
    }

    @Override
    public Long resolve(String resolverId, List<LiveVersion<Long>> versions, Long base) {
      var sum = base;
      for (var version : versions) {
        sum += version.state() - base;
      }
      return sum;
    }
  }

  private static final class Counted implements GraphEntries {
    private final GraphEntries entries;
    private int accesses;
    private int passes;

    Counted(GraphEntries entries) {
      this.entries = entries;
    }

    @Override
    public GraphSummary summary() {
      accesses++;
      return entries.summary();
    }

    @Override
    public void summary(GraphSummary summary) {
      accesses++;
      entries.summary(summary);
    }

    @Override
    public GraphEntry get(Dot dot) {
      accesses++;
      return entries.get(dot);
    }

    @Override
    public void put(GraphEntry entry) {
      accesses++;
      entries.put(entry);
    }

    @Override
    public void remove(Dot dot) {
      accesses++;
      entries.remove(dot);
    }

    @Override
    public Iterable<GraphEntry> all() {
      passes++;
      return entries.all();
    }

    @Override
    public List<Dot> ofCommand(String commandId) {
      accesses++;
      return entries.ofCommand(commandId);
    }

    @Override
    public void index(String commandId, Dot dot) {
      accesses++;
      entries.index(commandId, dot);
    }

    @Override
    public void removeFromIndex(String commandId, Dot dot) {
      accesses++;
      entries.removeFromIndex(commandId, dot);
    }
  }
}
