package dev.anabranch.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.wire.blob.GraphBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The cases CV-1 to CV-22. Each history is run in the order of the case; with what is stored
 * encoded and decoded after every step (CV-22); and every commit twice.
 *
 * <p>CV-4 and CV-21 describe a resolution by the owner's order, which there is none of here.
 */
class ConcurrentVersionsTest {

  private final Commits append = Commits.appending();
  private final Commits replace = Commits.replacing();

  private final VersionNode a = replace.u("a", "p1:1", "1,0,0", "");
  private final VersionNode b = replace.u("b", "p2:1", "0,1,0", "");

  @Test
  void cv1AnUpdateReplacesItsParent() {
    shows(replace, "b@{p1:2}", a, replace.u("b", "p1:2", "2,0,0", "p1:1"));
  }

  @Test
  void cv2ConcurrentUpdatesAreBothLive() {
    shows(replace, "a@{p1:1} b@{p2:1}", a, b);
  }

  @Test
  void cv3AResolutionLeavesTheSelectedOne() {
    shows(replace, "a@{p1:2,p2:1}", a, b, replace.r("p1:2", "2,1,0", "p1:1", "p2:1"));
  }

  @Test
  void cv5BranchesGrowSideBySide() {
    shows(replace, "a@{p1:1} d@{p2:3} e@{p2:1,p3:5}", cv5());
  }

  @Test
  void cv6AResolutionRejectsSeveral() {
    shows(replace, "d@{p1:3,p2:4,p3:8}", cv5(), replace.r("p1:3", "3,4,8", "p2:3", "p1:1 p3:5"));
  }

  @Test
  void cv7AResolutionTouchesItsCausalPastOnly() {
    shows(
        replace,
        "a@{p1:2,p2:1} c@{p3:1}",
        a,
        b,
        replace.u("c", "p3:1", "0,0,1", ""),
        replace.r("p1:2", "2,1,0", "p1:1", "p2:1"));
  }

  @Test
  void cv10WorkGoesOnFromTheSelectedOne() {
    shows(
        append,
        "abd@{p1:3,p2:2}",
        append.u("a", "p1:1", "1,0,0", ""),
        append.u("b", "p1:2", "2,0,0", "p1:1"),
        append.u("c", "p2:1", "1,1,0", "p1:1"),
        append.r("p2:2", "2,2,0", "p1:2", "p2:1"),
        append.u("d", "p1:3", "3,2,0", "p1:2"));
  }

  @Test
  void cv12AnUpdateThatNobodyHadSeenIsLiveBesideTheSelectedOne() {
    shows(
        replace,
        "a@{p1:2,p2:1} c@{p3:1}",
        a,
        b,
        replace.r("p1:2", "2,1,0", "p1:1", "p2:1"),
        replace.u("c", "p3:1", "0,0,1", ""));
  }

  @Test
  void cv13WorkOnARejectedVersionComesBack() {
    shows(
        append,
        "a@{p1:2,p2:1} by@{p2:2}",
        append.u("a", "p1:1", "1,0,0", ""),
        append.u("b", "p2:1", "0,1,0", ""),
        append.r("p1:2", "2,1,0", "p1:1", "p2:1"),
        append.u("y", "p2:2", "0,2,0", "p2:1"));
  }

  @Test
  void cv14AnUpdateThatComesTwiceIsOneVersion() {
    shows(replace, "a@{p1:1}", a, a);
  }

  @Test
  void cv15AResolutionThatComesTwiceIsOne() {
    var r = replace.r("p1:2", "2,1,0", "p1:1", "p2:1");

    shows(replace, "a@{p1:2,p2:1}", a, b, r, r);
  }

  @Test
  void cv16AResolutionThatSelectsWhatItHadNotSeenIsVoid() {
    var r = replace.r("p2:9", "8,9,0", "p1:9", "p1:1 p2:1");

    shows(replace, "a@{p1:1} b@{p2:1}", a, b, r);
    assertThat(run(replace, a, b, r).graph.voided())
        .containsExactly(new Voided(r.dot(), CommitStatus.UNSEEN, null));
  }

  @Test
  void cv17OfTwoResolutionsTheFirstInOrderCountsWhereverItComesFirst() {
    var r1 = replace.r("p1:2", "2,1,0", "p1:1", "p2:1");
    var r2 = replace.r("p2:2", "1,2,0", "p2:1", "p1:1");

    shows(replace, "a@{p1:2,p2:1}", a, b, r1, r2);
    shows(replace, "a@{p1:2,p2:1}", a, b, r2, r1);
    assertThat(run(replace, a, b, r2, r1).graph.voided())
        .isEqualTo(run(replace, a, b, r1, r2).graph.voided())
        .containsExactly(new Voided(r2.dot(), CommitStatus.CLASH, r1.dot()));
  }

  private VersionNode[] cv5() {
    return new VersionNode[] {
      a,
      b,
      replace.u("c", "p3:4", "0,1,4", "p2:1"),
      replace.u("d", "p2:3", "0,3,0", "p2:1"),
      replace.u("e", "p3:5", "0,1,5", "p3:4")
    };
  }

  private static void shows(Commits folding, String live, VersionNode[] first, VersionNode last) {
    var all = new ArrayList<>(List.of(first));
    all.add(last);
    shows(folding, live, all.toArray(new VersionNode[0]));
  }

  /** Live versions as state@vector, by region, whatever way the commits come. */
  private static void shows(Commits folding, String live, VersionNode... nodes) {
    assertThat(run(folding, nodes).shown()).as("at once").isEqualTo(live);
    var twice = new ArrayList<VersionNode>();
    for (var node : nodes) {
      twice.add(node);
      twice.add(node);
    }
    twice.addAll(List.of(nodes));
    assertThat(run(folding, twice.toArray(new VersionNode[0])).shown())
        .as("each twice")
        .isEqualTo(live);
  }

  private static Run run(Commits folding, VersionNode... nodes) {
    var entries = new GraphEntriesInMemory();
    var snapshots = new VersionSnapshotsInMemory<String>();
    for (var node : nodes) {
      entries = restored(entries);
      new VersionStates<>(new VersionGraph(entries), folding, snapshots).add(node);
    }
    var graph = new VersionGraph(entries);
    return new Run(entries, graph, new VersionStates<>(graph, folding, snapshots));
  }

  /** What a restart finds: the bytes. */
  private static GraphEntriesInMemory restored(GraphEntriesInMemory entries) {
    var restored = new GraphEntriesInMemory();
    for (var entry : entries.all()) {
      restored.put(GraphBlob.decode(GraphBlob.encode(entry)));
      if (entry.node().commandId() != null) {
        restored.index(entry.node().commandId(), entry.dot());
      }
    }
    restored.summary(GraphBlob.decodeSummary(GraphBlob.encode(entries.summary())));
    return restored;
  }

  private record Run(
      GraphEntriesInMemory entries, VersionGraph graph, VersionStates<String> states) {

    String shown() {
      Map<Dot, String> shown = new TreeMap<>();
      for (var version : states.live()) {
        shown.put(version.dot(), version.state() + "@" + effective(version.dot()));
      }
      return shown.values().stream().collect(Collectors.joining(" "));
    }

    /** The version's vector and those of the resolutions that chose it. */
    private VectorTime effective(Dot version) {
      var effective = vector(entries.get(version).node());
      for (var entry : entries.all()) {
        var resolution = entry.node().resolution();
        if (resolution != null
            && entry.status() == CommitStatus.COUNTS
            && resolution.selected().equals(version)) {
          effective = effective.merge(vector(entry.node()));
        }
      }
      return effective;
    }

    private static VectorTime vector(VersionNode node) {
      return node.context().with(node.dot().origin(), node.dot().n());
    }
  }
}
