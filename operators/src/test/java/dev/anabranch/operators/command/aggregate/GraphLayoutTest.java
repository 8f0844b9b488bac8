package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.history.GraphInState;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much of a graph that nobody compacts is on the heap, and how often the state is asked. */
class GraphLayoutTest {

  private static final RegionId A = new RegionId("a");
  private static final int COMMITS = 200;

  private final CountedMap entries = new CountedMap();
  private final CountedMap commands = new CountedMap();
  private final List<Dot> fixed = new ArrayList<>();
  private final List<Dot> removed = new ArrayList<>();

  @Test
  void ofALongLineLittleStaysOnTheHeapAndFewEntriesAreRead() {
    var graph = graph();
    graph.knownEmpty();
    var versions = new VersionGraph(graph);
    for (var n = 1; n <= COMMITS; n++) {
      var before = entries.reads + commands.reads;
      versions.add(commit(n));
      graph.writeEntries();
      assertThat(entries.reads + commands.reads - before).isLessThanOrEqualTo(2);
      assertThat(entries.passes + commands.passes).isZero();
      assertThat(entries.stored).containsKey("a:" + n);
    }

    var read = entries.reads;
    for (var n = 1; n <= COMMITS; n++) {
      var entry = graph.get(new Dot(A, n));
      assertThat(entry == null ? null : entry.dot()).isEqualTo(new Dot(A, n));
    }
    assertThat(entries.reads - read).isGreaterThan(COMMITS - 2 * AggregateGraph.MAX_KEPT);
    assertThat(entries.passes).isZero();
  }

  @Test
  void whatIsWrittenBackIsAllThatTheNextOneNeeds() {
    var graph = graph();
    graph.knownEmpty();
    var versions = new VersionGraph(graph);
    for (var n = 1; n <= COMMITS; n++) {
      versions.add(commit(n));
      graph.writeEntries();
    }
    graph.writeBack();

    var again = graph();
    assertThat(again.summary()).isEqualTo(graph.summary());
    assertThat(again.all()).containsExactlyInAnyOrderElementsOf(graph.all());
    assertThat(again.ofCommand("c7")).containsExactly(new Dot(A, 7));
    assertThat(fixed).isEmpty();
    assertThat(removed).isEmpty();
  }

  /** From the one that stays nothing is derived any more: its state is stored. */
  @Test
  void compactionTellsWhoseEventsAreNeededNoMore() {
    var graph = graph();
    graph.knownEmpty();
    var versions = new VersionGraph(graph);
    for (var n = 1; n <= 8; n++) {
      versions.add(commit(n));
    }
    var states = new VersionStates<>(versions, new Numbers(), new VersionSnapshotsInMemory<>());

    states.compact(VectorTime.of(Map.of(A, 6L)));

    assertThat(removed).containsExactlyInAnyOrder(dots(1, 5));
    assertThat(fixed).containsExactlyInAnyOrder(dots(6, 6));
    assertThat(states.state(new Dot(A, 8))).isEqualTo(8);
    graph.writeBack();
    assertThat(entries.stored.keySet()).containsExactly("", "a:6", "a:7", "a:8");
  }

  private static Dot[] dots(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(n -> new Dot(A, n)).toArray(Dot[]::new);
  }

  /** Counts commits. */
  private static final class Numbers implements VersionFolding<Integer> {
    @Override
    public Integer initial() {
      return 0;
    }

    @Override
    public Integer evolve(Integer before, VersionNode node) {
      return before + 1;
    }

    @Override
    public Integer resolve(String resolverId, List<LiveVersion<Integer>> versions, Integer base) {
      throw new AssertionError("a line has one version");
    }
  }

  private static VersionNode commit(int n) {
    var parents = n == 1 ? List.<Dot>of() : List.of(new Dot(A, n - 1));
    var context = VectorTime.of(n == 1 ? Map.of() : Map.of(A, n - 1L));
    return new VersionNode(new Dot(A, n), n, RowKind.COMMIT, context, parents, "", "c" + n, null);
  }

  private GraphInState graph() {
    var state = CommandStateOf.maps(Map.of("graphEntries", entries, "graphCommands", commands));
    return new GraphInState(
        GraphLayout.of("Auto/1", state), AggregateGraph.MAX_KEPT, fixed::add, removed::add);
  }
}
