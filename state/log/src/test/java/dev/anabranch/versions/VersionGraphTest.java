package dev.anabranch.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.model.RowKind;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Rules beyond the cases. States show how they came about: {@code id<base|one,other>} is what
 * resolver {@code id} made of two versions and their base.
 */
class VersionGraphTest {

  private final Commits commits = Commits.appending();
  private final VersionStates<String> states = commits.states();
  private final VersionGraph graph = states.graph();

  @Test
  void concurrentCreatesShareNothing() {
    add(commits.u("a", "p1:1", "1", ""), commits.u("b", "p2:1", "0,1", ""));

    assertThat(states.resolved("m")).isEqualTo("m<|a,b>");
    assertThat(states.base("m")).isEmpty();
  }

  @Test
  void aMergeOfSeveralIsFoldedWithTheResolverThatItWasDecidedWith() {
    add(
        commits.u("a", "p1:1", "1", ""),
        commits.u("b", "p2:1", "1,1", "p1:1"),
        commits.u("c", "p3:1", "1,0,1", "p1:1"),
        commits.u("d", "p1:2", "2,1,1", "p2:1 p3:1", "old", null));

    assertThat(live()).isEqualTo("old<a|ab,ac>d");
    assertThat(graph.live()).hasSize(1);
  }

  @Test
  void theLiveVersionsAreGivenAllAtOnceInCanonicalOrderAndNotAsTheyCame() {
    var a = commits.u("a", "p1:1", "1", "");
    var b = commits.u("b", "p2:1", "1,1", "p1:1");
    var c = commits.u("c", "p3:1", "1,0,1", "p1:1");
    var d = commits.u("d", "p4:1", "1,0,0,1", "p1:1");
    add(a, d, c, b);

    assertThat(states.resolved("m")).isEqualTo("m<a|ab,ac,ad>");
  }

  /** Two latest common ancestors: the base is what the resolver makes of both. */
  @Test
  void theBaseOfVersionsThatCrossedIsResolvedByTheSameRule() {
    add(
        commits.u("a", "p1:1", "1", ""),
        commits.u("b", "p1:2", "2", "p1:1"),
        commits.u("c", "p2:1", "1,1", "p1:1"),
        commits.u("d", "p1:3", "3,1", "p1:2 p2:1", "m", null),
        commits.u("e", "p2:2", "2,2", "p1:2 p2:1", "m", null));

    assertThat(states.base("m")).isEqualTo("m<a|ab,ac>");
    assertThat(states.resolved("m")).isEqualTo("m<m<a|ab,ac>|m<a|ab,ac>d,m<a|ab,ac>e>");
  }

  @Test
  void oneVersionThatGrewFromAnOldOneHasItsBaseThere() {
    add(
        commits.u("a", "p1:1", "1", ""),
        commits.u("b", "p1:2", "2", "p1:1"),
        commits.u("c", "p1:3", "3", "p1:2"),
        commits.u("x", "p2:1", "1,1", "p1:1"));

    assertThat(states.base("m")).isEqualTo("a");
    assertThat(states.resolved("m")).isEqualTo("m<a|abc,ax>");
  }

  @Test
  void aMergeByHandIsBuiltOnTheSelectedVersionAndTheRejectedOneGoes() {
    addConflict();
    add(commits.r("p1:2", "2,1", "p1:1", "p2:1", "+b", null));

    assertThat(live()).isEqualTo("a+b");
  }

  @Test
  void aLaterResolutionThatSawAnEarlierOneOverrulesIt() {
    addConflict();
    add(commits.r("p1:2", "2,1", "p1:1", "p2:1"));
    assertThat(live()).isEqualTo("a");
    assertThat(graph.rejected()).extracting(place -> place.dot()).containsExactly(dot("p2:1"));

    add(commits.r("p2:2", "2,2", "p2:1", "p1:1"));

    assertThat(live()).isEqualTo("b");
    assertThat(graph.voided()).isEmpty();
  }

  @Test
  void aVersionThatTheLaterResolutionDoesNotNameKeepsItsVerdict() {
    addConflict();
    add(commits.u("c", "p3:1", "0,0,1", ""));
    add(commits.r("p1:2", "2,1,1", "p1:1", "p2:1"));
    add(commits.r("p2:2", "2,2,1", "p3:1", "p1:1"));

    assertThat(live()).isEqualTo("c");
  }

  @Test
  void resolutionsThatDecideAboutDifferentVersionsDoNotClash() {
    addConflict();
    add(commits.u("c", "p3:1", "0,0,1", ""), commits.u("d", "p4:1", "0,0,0,1", ""));
    add(commits.r("p1:2", "2,1,1,1", "p1:1", "p2:1"));
    add(commits.r("p2:2", "1,2,1,1", "p3:1", "p4:1"));

    assertThat(live()).isEqualTo("a c");
    assertThat(graph.voided()).isEmpty();
  }

  @Test
  void whatIsBuiltOnTheMergeOfAVoidResolutionIsBuiltOnTheSelectedVersion() {
    addConflict();
    var first = commits.r("p1:2", "2,1", "p1:1", "p2:1");
    var second = commits.r("p2:2", "1,2", "p2:1", "p1:1", "+a", null);
    var onTop = commits.u("x", "p2:3", "1,3", "p2:2");
    add(second, onTop);
    assertThat(live()).isEqualTo("b+ax");

    var change = states.add(first);

    assertThat(live()).isEqualTo("a bx");
    assertThat(change.voided())
        .containsExactly(new Voided(dot("p2:2"), CommitStatus.CLASH, dot("p1:2")));
    assertThat(change.rederived()).containsExactly(dot("p2:3"));
  }

  @Test
  void aVoidResolutionCountsAgainIfWhatItClashedWithBecomesVoid() {
    addConflict();
    add(commits.u("c", "p3:1", "0,0,1", ""));
    var first = commits.r("p3:2", "1,1,2", "p3:1", "p1:1");
    var second = commits.r("p1:2", "2,1,1", "p1:1", "p2:1 p3:1");
    var third = commits.r("p2:2", "1,2,1", "p1:1", "p2:1");
    add(second, third);
    assertThat(live()).isEqualTo("a");

    var change = states.add(first);

    assertThat(change.voided()).extracting(Voided::dot).containsExactly(dot("p1:2"), dot("p2:2"));
    assertThat(live()).isEqualTo("b c");
  }

  /** Each rejects what the other one's selected version was built into, unseen. */
  @Test
  void ofTwoResolutionsThatWouldLeaveNothingTheLaterIsVoid() {
    addConflict();
    add(commits.u("k", "p1:2", "2,1", "p1:1"), commits.u("l", "p2:2", "1,2", "p2:1"));
    add(commits.r("p1:3", "3,1", "p2:1", "p1:2"), commits.r("p2:3", "1,3", "p1:1", "p2:2"));

    assertThat(live()).isEqualTo("bl");
    assertThat(graph.voided())
        .containsExactly(new Voided(dot("p2:3"), CommitStatus.NOTHING_LEFT, null));
  }

  @Test
  void anEdgeToAHollowDotIsReadAsEdgesToItsParentsUntilThePayloadComes() {
    var a = commits.u("a", "p1:1", "1", "");
    var b = commits.u("b", "p2:1", "1,1", "p1:1");
    var c = commits.u("c", "p3:1", "1,1,1", "p2:1");
    add(a, Commits.tombstone(b), c);
    assertThat(live()).isEqualTo("ac");

    var change = states.add(b);

    assertThat(live()).isEqualTo("abc");
    assertThat(change.rederived()).containsExactly(c.dot());
    assertThat(graph.add(Commits.tombstone(b)).live()).isEqualTo(graph.live());
    assertThat(live()).isEqualTo("abc");
  }

  @Test
  void aHollowMergeIsReadAsAllThatItMerged() {
    add(commits.u("a", "p1:1", "1", ""), commits.u("b", "p2:1", "0,1", ""));
    add(Commits.tombstone(commits.u("m", "p1:2", "2,1", "p1:1 p2:1", "r", null)));
    assertThat(live()).isEqualTo("a b");

    add(commits.u("x", "p1:3", "3,1", "p1:2"));

    assertThat(live()).isEqualTo("<|a,b>x");
  }

  @Test
  void aPayloadThatContradictsItsTombstoneIsRefused() {
    var a = commits.u("a", "p1:1", "1", "");
    var other = commits.u("a", "p1:1", "1", "");
    add(Commits.tombstone(a));

    assertThatThrownBy(() -> states.add(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("differs from its own tombstone");
    assertThat(graph.live()).isEmpty();
  }

  @Test
  void ofOneCommandAcceptedInTwoRegionsTheFirstCountsWhereverItComes() {
    var a = commits.u("a", "p1:1", "1", "");
    var first = commits.u("x", "p1:2", "2", "p1:1", "", "cmd");
    var second = commits.u("y", "p2:1", "1,1", "p1:1", "", "cmd");
    add(a, second);
    assertThat(live()).isEqualTo("ay");

    var change = states.add(first);

    assertThat(live()).isEqualTo("ax");
    assertThat(change.voided())
        .containsExactly(new Voided(second.dot(), CommitStatus.TWIN, first.dot()));
  }

  @Test
  void whatIsBuiltOnAVoidTwinIsBuiltOnTheOneThatCountsAndOnTheTwinsOwnParents() {
    add(
        commits.u("a", "p1:1", "1", ""),
        commits.u("b", "p2:1", "0,1", ""),
        commits.u("x", "p1:2", "2", "p1:1", "", "cmd"),
        commits.u("x", "p2:2", "0,2", "p2:1", "", "cmd"));
    assertThat(live()).isEqualTo("b ax");

    add(commits.u("y", "p2:3", "0,3", "p2:2"));

    assertThat(live()).isEqualTo("<|b,ax>y");
  }

  @Test
  void theCommandCountsOnceInAMerge() {
    add(
        commits.u("a", "p1:1", "1", ""),
        commits.u("x", "p1:2", "2", "p1:1", "", "cmd"),
        commits.u("x", "p2:1", "1,1", "p1:1", "", "cmd"),
        commits.u("y", "p2:2", "1,2", "p2:1"),
        commits.u("z", "p1:3", "3", "p1:2"));

    assertThat(states.resolved("m")).isEqualTo("m<ax|axy,axz>");
  }

  @Test
  void aRepeatWhoseDeciderHadSeenTheFirstIsNoTwin() {
    add(
        commits.u("a", "p1:1", "1", "", "", "cmd"),
        commits.u("b", "p2:1", "1,1", "p1:1", "", "cmd"));

    assertThat(live()).isEqualTo("ab");
  }

  @Test
  void aHomeMoveIsAVersionWithoutEvents() {
    add(commits.u("a", "p1:1", "1", ""));
    add(
        new VersionNode(
            dot("p1:2"),
            99,
            RowKind.HOME_MOVE,
            Commits.time("1"),
            List.of(dot("p1:1")),
            "",
            null,
            null));

    assertThat(live()).isEqualTo("a");
    assertThat(graph.live()).extracting(place -> place.dot()).containsExactly(dot("p1:2"));
  }

  @Test
  void aCommitNoLaterThanItsParentIsRefused() {
    add(commits.u("a", "p1:1", "1", ""));
    var early =
        new VersionNode(
            dot("p1:2"),
            1,
            RowKind.COMMIT,
            Commits.time("1"),
            List.of(dot("p1:1")),
            "",
            null,
            null);

    assertThatThrownBy(() -> states.add(early))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clock went backwards");
    assertThat(graph.live()).extracting(place -> place.dot()).containsExactly(dot("p1:1"));
  }

  @Test
  void aCommitOnWhatIsNotHereIsRefused() {
    assertThatThrownBy(() -> states.add(commits.u("b", "p1:2", "2", "p1:1")))
        .isInstanceOf(MissingVersionException.class)
        .hasMessageContaining("p1:1");
    assertThat(graph.live()).isEmpty();
  }

  private void addConflict() {
    add(commits.u("a", "p1:1", "1", ""), commits.u("b", "p2:1", "0,1", ""));
  }

  private void add(VersionNode... nodes) {
    List.of(nodes).forEach(states::add);
  }

  private static Dot dot(String text) {
    return Commits.dot(text);
  }

  private String live() {
    return states.live().stream().map(LiveVersion::state).collect(Collectors.joining(" "));
  }
}
