package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.RowKind;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much of a graph that nobody compacts is on the heap, and how often the state is asked. */
class StoredGraphTest {

  private static final RegionId A = new RegionId("a");
  private static final int COMMITS = 200;

  private final CountedMap entries = new CountedMap();
  private final CountedMap commands = new CountedMap();

  @Test
  void ofALongLineLittleStaysOnTheHeapAndFewEntriesAreRead() {
    var graph = graph();
    graph.isNew();
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
    assertThat(entries.reads - read).isGreaterThan(COMMITS - 2 * StoredGraph.MAX_KEPT);
    assertThat(entries.passes).isZero();
  }

  @Test
  void whatIsWrittenBackIsAllThatTheNextOneNeeds() {
    var graph = graph();
    graph.isNew();
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
  }

  private static VersionNode commit(int n) {
    var parents = n == 1 ? List.<Dot>of() : List.of(new Dot(A, n - 1));
    var context = VectorTime.of(n == 1 ? Map.of() : Map.of(A, n - 1L));
    return new VersionNode(new Dot(A, n), n, RowKind.COMMIT, context, parents, "", "c" + n, null);
  }

  private StoredGraph graph() {
    return new StoredGraph(
        "Auto/1",
        OwnedStateOf.maps(Map.of("graphEntries", entries, "graphCommands", commands)));
  }
}
