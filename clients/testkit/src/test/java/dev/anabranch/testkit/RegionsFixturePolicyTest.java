package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.causality.Dot;
import dev.anabranch.codec.JsonCodec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the fixture makes of the policies that keep branches, on a text that grows. */
class RegionsFixturePolicyTest {

  record Text(String text) {}

  record Add(String text) {}

  record Added(String text) {}

  private static final class TextDecider implements Decider<Text, Add, Added> {
    @Override
    public Text initialState() {
      return new Text("");
    }

    @Override
    public Decision<Added> decide(Text state, Add command, DecisionContext context) {
      return Decision.accepted(new Added(command.text()));
    }

    @Override
    public Text evolve(Text state, Added event) {
      return new Text(state.text() + event.text());
    }
  }

  /** What all grew from, then what each branch added, the earliest first. */
  private static final class Joined implements ConflictResolver<Text> {
    @Override
    public String id() {
      return "joined-1";
    }

    @Override
    public Text resolve(List<LiveVersion<Text>> live, Text base) {
      var joined = new StringBuilder(base.text());
      live.forEach(
          branch ->
              joined.append('+').append(branch.state().text().substring(base.text().length())));
      return new Text(joined.toString());
    }
  }

  private static final class Counting implements ConflictResolver<Text> {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public String id() {
      return "counting-1";
    }

    @Override
    public Text resolve(List<LiveVersion<Text>> live, Text base) {
      return new Text("asked " + asked.incrementAndGet());
    }
  }

  private static final class Throwing implements ConflictResolver<Text> {
    @Override
    public String id() {
      return "throwing-1";
    }

    @Override
    public Text resolve(List<LiveVersion<Text>> live, Text base) {
      throw new IllegalStateException("no idea");
    }
  }

  private static RegionsFixture<Text, Add, Added> regions(ReplicationPolicy<Text> policy) {
    var type =
        AggregateType.named("Text", new TextDecider())
            .commands(JsonCodec.single("Add", 1, Add.class))
            .events(JsonCodec.single("Added", 1, Added.class))
            .state(JsonCodec.single("Text", 1, Text.class))
            .replication(policy)
            .build();
    return RegionsFixture.of(type, "eu", "us");
  }

  /** One order: created, then edited on both sides of a cut. */
  private static RegionsFixture<Text, Add, Added> cut(ReplicationPolicy<Text> policy) {
    return regions(policy)
        .when("eu", new Add("a"))
        .sync()
        .when("eu", new Add("b"))
        .when("us", new Add("c"));
  }

  @Test
  void aTypeWithASingleHomeTakesCommandsThereOnly() {
    var home = regions(ReplicationPolicy.singleHome()).when("eu", new Add("a")).sync();

    assertThatThrownBy(() -> home.when("us", new Add("b")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not-home")
        .hasMessageContaining("single home, here eu");
    assertThat(home.when("eu", new Add("b")).expectConvergence()).isEqualTo(new Text("ab"));
  }

  @Test
  void twoRegionsThatBothActAsHomeMakeAConflict() {
    var both =
        regions(ReplicationPolicy.singleHome()).in("eu", new Added("a")).in("us", new Added("b"));

    assertThat(both.expectConflict())
        .extracting(branch -> branch.state().text())
        .containsExactly("a", "b");
    assertThatThrownBy(both::expectConvergence).hasMessageContaining("an open conflict");
    assertThatThrownBy(() -> both.sync().choose("us", Dot.parse("us:1")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not-home");
    assertThat(both.sync().choose("eu", Dot.parse("eu:1")).expectConvergence())
        .isEqualTo(new Text("a"));
  }

  @Test
  void theHomeDecidesOnTheLatestBranchAndEndsTheConflict() {
    var both =
        regions(ReplicationPolicy.singleHome()).in("eu", new Added("a")).in("us", new Added("b"));

    var ended = both.sync().when("eu", new Add("c"));

    assertThat(ended.expectConvergence()).isEqualTo(new Text("bc"));
    assertThat(ended.sync().branchesIn("us")).hasSize(1);
  }

  @Test
  void anAutomaticTypeShowsWhatItsResolverMakes() {
    var cut = cut(ReplicationPolicy.automatic(new Joined()));

    assertThat(cut.stateIn("eu")).isEqualTo(new Text("ab"));
    assertThat(cut.stateIn("us")).isEqualTo(new Text("ac"));
    assertThat(cut.expectConvergence()).isEqualTo(new Text("a+b+c"));
    assertThat(cut.send("us", "eu").stateIn("eu")).isEqualTo(new Text("a+b+c"));
    assertThat(cut.sync().branchesIn("us"))
        .extracting(branch -> branch.dot().toString())
        .containsExactly("eu:2", "us:1");
  }

  @Test
  void aCommitOnTheResolvedStateEndsTheConflict() {
    var later = cut(ReplicationPolicy.automatic(new Joined())).sync().when("us", new Add("d"));

    assertThat(later.expectConvergence()).isEqualTo(new Text("a+b+cd"));
    assertThat(later.sync().branchesIn("eu")).hasSize(1);
    assertThat(later.when("eu", new Add("e")).expectConvergence()).isEqualTo(new Text("a+b+c+e+d"));
  }

  @Test
  void aCommitIsFoldedByTheResolverThatItNames() {
    var former = cut(ReplicationPolicy.automatic(Resolvers.<Text>lastWriterWins()));

    assertThat(former.expectConvergence()).isEqualTo(new Text("ac"));
    assertThat(former.sync().when("eu", new Add("d")).expectConvergence())
        .isEqualTo(new Text("acd"));
  }

  @Test
  void aResolverThatIsNoPureFunctionFails() {
    assertThatThrownBy(() -> cut(ReplicationPolicy.automatic(new Counting())).expectConvergence())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("counting-1 answers the same question differently");
    assertThatThrownBy(() -> cut(ReplicationPolicy.automatic(new Throwing())).sync().stateIn("eu"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("throwing-1 throws java.lang.IllegalStateException: no idea");
  }

  @Test
  void anInteractiveTypeWaitsForAPerson() {
    var cut = cut(ReplicationPolicy.interactive()).sync();

    assertThat(cut.expectConflict())
        .extracting(branch -> branch.dot() + " " + branch.state().text())
        .containsExactly("eu:2 ab", "us:1 ac");
    assertThatThrownBy(() -> cut.stateIn("us")).hasMessageContaining("us shows an open conflict");
    assertThatThrownBy(() -> cut.when("us", new Add("d")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("whenOn")
        .hasMessageContaining("eu:2 Text[text=ab]");
    assertThat(cut.choose("us", Dot.parse("eu:2")).expectConvergence()).isEqualTo(new Text("ab"));
  }

  @Test
  void aCommandMayBuildOnOneBranchWhileTheConflictIsOpen() {
    var cut = cut(ReplicationPolicy.interactive()).sync();
    var longer = cut.whenOn("us", Dot.parse("eu:2"), new Add("d"));

    assertThat(longer.expectConflict())
        .extracting(branch -> branch.dot() + " " + branch.state().text())
        .containsExactly("us:1 ac", "us:2 abd");
    assertThat(longer.choose("us", Dot.parse("us:2")).expectConvergence())
        .isEqualTo(new Text("abd"));
  }

  @Test
  void ofTwoChoicesAtOnceTheEarlierHoldsEverywhere() {
    var cut = cut(ReplicationPolicy.interactive()).sync();
    var both = cut.choose("us", Dot.parse("us:1")).choose("eu", Dot.parse("eu:2"));

    assertThat(both.stateIn("us")).isEqualTo(new Text("ac"));
    assertThat(both.expectConvergence()).isEqualTo(new Text("ab"));
  }

  @Test
  void onlyABranchCanBeChosen() {
    var cut = cut(ReplicationPolicy.interactive()).sync();

    assertThatThrownBy(() -> cut.choose("us", Dot.parse("eu:1")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("has no branch eu:1 in us");
    assertThatThrownBy(() -> cut.choose("us", Dot.parse("eu:2")).choose("us", Dot.parse("eu:2")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nothing to choose");
  }
}
