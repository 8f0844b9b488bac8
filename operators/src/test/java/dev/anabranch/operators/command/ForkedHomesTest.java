package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.Dot;
import dev.anabranch.codec.ResolveConflictJson;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.wire.CommandWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two regions have acted as the home of an aggregate; and outcomes that regions do not share. */
class ForkedHomesTest {

  private static final List<String> ALL = List.of("a", "b");
  private static final Batching BATCHING = new Batching(1, 50, 1 << 20, 200, 1 << 24);

  private final List<RegionHarness> regions = new ArrayList<>();
  private RegionHarness a;
  private RegionHarness b;

  @BeforeEach
  void start() throws Exception {
    a = region("a");
    b = region("b");
  }

  @AfterEach
  void stop() throws Exception {
    for (var region : regions) {
      region.close();
    }
  }

  @Test
  void aForkOfASingleHomeEndsAlikeEverywhere() throws Exception {
    a.handle("Home/1", "c1", "add x");
    b.handle("Home/1", "c2", "add y");
    exchange();

    // The last writer's, as the fallback of several versions is in views.
    assertThat(a.read("Home/1", "r1")).isEqualTo(",y");
    assertThat(b.read("Home/1", "r2")).isEqualTo(",y");

    a.handle("Home/1", "c3", "add z");
    exchange();
    assertThat(a.read("Home/1", "r3")).isEqualTo(",y,z");
    assertThat(b.read("Home/1", "r4")).isEqualTo(",y,z");
  }

  @Test
  void aForkStaysAForkAfterRestartsFromACheckpointAndFromNothing() throws Exception {
    a.handle("Home/1", "c1", "add x");
    b.handle("Home/1", "c2", "add y");
    exchange();
    a.operator().checkpoint();
    a.operator().crash();
    assertThat(a.read("Home/1", "r1")).isEqualTo(",y");

    a.operator().checkpoint();
    a.operator().crash();
    assertThat(a.read("Home/1", "r2")).isEqualTo(",y");
    a.operator().restartFromNothing();
    assertThat(a.read("Home/1", "r3")).isEqualTo(",y");

    a.handle("Home/1", "c3", "add z");
    a.operator().checkpoint();
    a.operator().crash();
    assertThat(a.read("Home/1", "r4")).isEqualTo(",y,z");
    a.operator().restartFromNothing();
    assertThat(a.read("Home/1", "r5")).isEqualTo(",y,z");
  }

  @Test
  void aForkOfASingleHomeCanBeResolvedByHand() throws Exception {
    a.handle("Home/1", "c1", "add x");
    b.handle("Home/1", "c2", "add y");
    exchange();

    assertThat(resolve(a, "Home/1", "s1", "a:1", "b:1").status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();

    assertThat(a.read("Home/1", "r1")).isEqualTo(",x");
    assertThat(b.read("Home/1", "r2")).isEqualTo(",x");
    b.handle("Home/1", "c3", "add z");
    exchange();
    assertThat(a.read("Home/1", "r3")).isEqualTo(",x,z");
    b.operator().restartFromNothing();
    assertThat(b.read("Home/1", "r4")).isEqualTo(",x,z");
  }

  @Test
  void anAggregateWithoutAForkKeepsNoGraph() throws Exception {
    a.handle("Home/1", "c1", "add x");
    b.receiveAll(a);
    b.handle("Home/1", "c2", "add y");
    a.receiveAll(b);
    a.operator().checkpoint();

    assertThat(a.read("Home/1", "r1")).isEqualTo(",x,y");
    assertThat(a.operator().entriesOf(FlinkCommandState.GRAPH_ENTRIES, "Home/1")).isZero();
  }

  @Test
  void aFailingResolverLeavesAConflictThatAPersonResolves() throws Exception {
    a.handle("Odd/1", "c1", "add x");
    b.handle("Odd/1", "c2", "add y");
    exchange();
    assertThat(a.handle("Odd/1", "c3", "add z").status()).isEqualTo(ReplyStatus.ERROR);

    assertThat(resolve(a, "Odd/1", "s1", "b:1", "a:1").status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();

    assertThat(a.read("Odd/1", "r1")).isEqualTo(",y");
    assertThat(b.read("Odd/1", "r2")).isEqualTo(",y");
    assertThat(a.handle("Odd/1", "c4", "add z").status()).isEqualTo(ReplyStatus.ACCEPTED);
    a.operator().restartFromNothing();
    assertThat(a.read("Odd/1", "r3")).isEqualTo(",y,z");
  }

  /** Once all regions have the commit, its command is in no index any more. */
  @Test
  void whatWasRejectedHereAndAcceptedThereStaysSupersededForEver() throws Exception {
    a.handle("Hand/1", "c1", "add x");
    b.handle("Hand/1", "c2", "add y");
    b.receiveAll(a);
    assertThat(b.handle("Hand/1", "c3", "add z").status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(a.handle("Hand/1", "c3", "add z").status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();
    assertSuperseded(b.handle("Hand/1", "c3", "add z"));

    assertThat(resolve(b, "Hand/1", "s1", "a:2", "b:1").status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();
    for (var i = 0; i < 10; i++) {
      a.handle("Hand/1", "a" + i, "add " + i);
      exchange();
      b.handle("Hand/1", "b" + i, "add " + i);
      exchange();
    }

    assertSuperseded(b.handle("Hand/1", "c3", "add z"));
    b.operator().restartFromNothing();
    assertSuperseded(b.handle("Hand/1", "c3", "add z"));
    b.operator().checkpoint();
    b.operator().crash();
    assertSuperseded(b.handle("Hand/1", "c3", "add z"));
  }

  @Test
  void ofAReplicatedTypeTheFirstCommitIsTheAnswerEverywhere() throws Exception {
    var first = a.handle("Set/1", "c1", "add x");
    b.handle("Set/1", "c1", "add x");
    exchange();

    var repeat = b.handle("Set/1", "c1", "add x");
    assertThat(repeat.superseded()).isTrue();
    assertThat(repeat.backing().revision()).isEqualTo(first.backing().revision());
    assertThat(a.handle("Set/1", "c1", "add x").superseded()).isFalse();
  }

  /** The window has forgotten the command: only the insert finds its row. */
  @Test
  void aRepeatThatOnlyTheInsertFindsIsAnsweredAlike() throws Exception {
    a.handle("Set/1", "c1", "add x");
    b.handle("Set/1", "c1", "add x");
    exchange();
    for (var i = 0; i < 10; i++) {
      b.handle("Set/1", "m" + i, "add " + i);
    }

    assertSuperseded(b.handle("Set/1", "c1", "add x"));
  }

  private static void assertSuperseded(CommandReply reply) {
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(reply.superseded()).isTrue();
  }

  private void exchange() throws Exception {
    b.receiveAll(a);
    a.receiveAll(b);
  }

  private RegionHarness region(String name) throws Exception {
    var region = new RegionHarness(name, ALL, name, BATCHING, Duration.ofSeconds(20));
    regions.add(region);
    return region;
  }

  private static CommandReply resolve(
      RegionHarness region, String aggregate, String commandId, String winner, String rejected)
      throws Exception {
    var command =
        new ResolveConflict(
            Dot.parse(winner), List.of(Dot.parse(rejected)), List.of(), "told to", "test");
    var envelope =
        new CommandEnvelope(
            AggregateKey.parse(aggregate),
            commandId,
            ResolveConflictJson.encode(command),
            CommandEnvelope.ANY_VERSION,
            Map.of(),
            ReplyTarget.DEFAULT);
    var operator = region.operator();
    operator.send(
        operator.record(
            aggregate, CommandWire.encode(envelope, ResolveConflictJson.CONTENT_TYPE, "/test")));
    operator.settle();
    return operator.lastReply();
  }
}
