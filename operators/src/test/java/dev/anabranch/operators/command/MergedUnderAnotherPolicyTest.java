package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.ResolveConflict;
import dev.anabranch.api.Resolvers;
import dev.anabranch.causality.Dot;
import dev.anabranch.codec.ResolveConflictJson;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.EventWire;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A release may change how a type is replicated. What was merged under the former policy stays as
 * it was, or the aggregate is parked and says why: from a checkpoint as from the log.
 */
class MergedUnderAnotherPolicyTest {

  private static final String COUNT = "Count/1";

  @ParameterizedTest
  @MethodSource("changes")
  void whatFollowedOneAnotherGoesOn(Policy before, Policy after) throws Exception {
    try (var a = new Site("a", before);
        var b = new Site("b", before)) {
      a.handle("c1", "add 1");
      b.receiveAll(a);
      // Of a single home all are decided in one region.
      (before == Policy.HOME ? a : b).handle("c2", "add 10");
      if (before != Policy.HOME) {
        a.receiveAll(b);
      }

      a.release(after);
      assertThat(a.read("r1")).isEqualTo("11");
      a.handle("c3", "add 100");
      assertThat(a.read("r2")).isEqualTo("111");
      a.operator.restartFromNothing();
      assertThat(a.read("r3")).isEqualTo("111");

      // And back again.
      a.operator.checkpoint();
      a.release(before);
      assertThat(a.read("r4")).isEqualTo("111");
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void whatWasMergedIsNeverDecidedOnOtherwiseInSilence(Policy before, Policy after)
      throws Exception {
    if (before == Policy.HOME) {
      return; // Nothing is concurrent.
    }
    try (var a = new Site("a", before);
        var b = new Site("b", before)) {
      a.handle("c1", "add 1");
      b.handle("c2", "add 10");
      a.receiveAll(b);
      if (before == Policy.BY_HAND) {
        assertThat(a.resolve("s1", "a:1", "b:1").status()).isEqualTo(ReplyStatus.ACCEPTED);
      }
      a.handle("c3", "add 100");
      var was = a.read("r1");

      a.release(after);
      var kept = a.handle("r2", "read");
      a.operator.restartFromNothing();
      var made = a.handle("r3", "read");

      if (before == Policy.REPLICATED || after == Policy.REPLICATED) {
        assertParked(kept);
        assertParked(made);
        // The remedy that the message names.
        a.release(before);
        assertThat(a.read("r4")).isEqualTo(was);
      } else {
        assertThat(text(kept)).isEqualTo(was);
        assertThat(text(made)).isEqualTo(was);
      }
    }
  }

  /**
   * Two regions have acted as its home; the home's next commit was decided on the later version.
   */
  @ParameterizedTest
  @EnumSource(
      value = Policy.class,
      names = {"HOME", "FIRST_WRITER", "REPLICATED"})
  void whatEndedAForkOfASingleHomeIsNeverMergedOtherwiseInSilence(Policy after) throws Exception {
    try (var a = new Site("a", Policy.HOME);
        var b = new Site("b", Policy.HOME, "b")) {
      a.handle("c1", "add 1");
      b.handle("c2", "add 10");
      a.receiveAll(b);
      a.handle("c3", "add 100");
      var was = a.read("r1");

      a.release(after);
      a.operator.restartFromNothing();
      var made = a.handle("r2", "read");

      if (after == Policy.HOME) {
        assertThat(text(made)).isEqualTo(was);
      } else {
        assertThat(made.status()).as(text(made)).isEqualTo(ReplyStatus.ERROR);
        assertThat(made.body().message()).contains("last-writer-wins");
        a.release(Policy.HOME);
        assertThat(a.read("r3")).isEqualTo(was);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Policy.class,
      names = {"HOME", "BY_HAND", "AUTOMATIC"})
  void whatAResolverMadeThatIsGoneIsParkedFromACheckpointAsFromTheLog(Policy after)
      throws Exception {
    try (var a = new Site("a", Policy.FIRST_WRITER);
        var b = new Site("b", Policy.FIRST_WRITER)) {
      a.handle("c1", "add 1");
      b.handle("c2", "add 10");
      a.receiveAll(b);
      a.handle("c3", "add 100");

      a.release(after);
      var kept = a.handle("r2", "read");
      a.operator.restartFromNothing();
      var made = a.handle("r3", "read");

      assertThat(made.status()).isEqualTo(ReplyStatus.ERROR);
      assertThat(made.body().message()).contains("first-writer");
      assertThat(kept.status()).as(text(kept)).isEqualTo(ReplyStatus.ERROR);
      assertThat(kept.body().message()).contains("first-writer");
    }
  }

  /** Also after versions that it made were dropped, and the aggregate was parked meanwhile. */
  @Test
  void whoGetsTheResolverBackGoesOn() throws Exception {
    try (var a = new Site("a", Policy.FIRST_WRITER);
        var b = new Site("b", Policy.FIRST_WRITER)) {
      a.handle("c1", "add 1");
      b.handle("c2", "add 10");
      a.receiveAll(b);
      a.handle("c3", "add 100");
      b.receiveAll(a);
      for (var i = 0; i < 20; i++) {
        b.handle("b" + i, "add 1");
        a.receiveAll(b);
        a.handle("a" + i, "add 1");
        b.receiveAll(a);
      }
      var was = a.read("r1");

      a.release(Policy.AUTOMATIC);
      assertThat(a.handle("r2", "read").status()).isEqualTo(ReplyStatus.ERROR);
      a.operator.crash();
      assertThat(a.handle("r3", "read").status()).isEqualTo(ReplyStatus.ERROR);

      a.release(Policy.FIRST_WRITER);
      assertThat(a.read("r4")).isEqualTo(was);
      a.operator.restartFromNothing();
      assertThat(a.read("r5")).isEqualTo(was);
    }
  }

  /** What no version rests on is no reason to park anything. */
  @Test
  void aResolverThatMadeNoVersionMayGo() throws Exception {
    try (var a = new Site("a", Policy.FIRST_WRITER);
        var b = new Site("b", Policy.FIRST_WRITER)) {
      a.handle("c1", "add 1");
      b.receiveAll(a);
      b.handle("c2", "add 10");
      a.receiveAll(b);

      a.release(Policy.AUTOMATIC);

      assertThat(a.read("r1")).isEqualTo("11");
    }
  }

  static Stream<Arguments> changes() {
    var policies = EnumSet.complementOf(EnumSet.of(Policy.FIRST_WRITER));
    return policies.stream()
        .flatMap(
            before ->
                policies.stream()
                    .filter(after -> after != before)
                    .map(after -> Arguments.of(before, after)));
  }

  private static void assertParked(CommandReply reply) {
    assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(reply.body().code()).isEqualTo(ErrorCodes.BROKEN);
    assertThat(reply.body().message()).contains("declare");
  }

  private static String text(CommandReply reply) {
    return new String(reply.body().result(), UTF_8);
  }

  /** A region, its store, and what it has published. */
  private static final class Site implements AutoCloseable {
    private final String name;
    private final TestStore store;
    private final OperatorHarness operator;

    Site(String name, Policy policy) throws Exception {
      this(name, policy, "a");
    }

    Site(String name, Policy policy, String home) throws Exception {
      this.name = name;
      this.store = new TestStore(name);
      var options =
          new CommandOperatorOptions(
              name,
              new RegionMap(List.of("a", "b"), home, new TreeMap<>()),
              OperatorHarness.SHARDS,
              new Batching(1, 50, 1 << 20, 200, 1 << 24),
              10_000,
              200,
              4,
              Duration.ofSeconds(20));
      this.operator = new OperatorHarness(store.factory(), options, new CountDomain(policy));
    }

    /** Goes on from a checkpoint with another release. */
    void release(Policy policy) throws Exception {
      operator.checkpoint();
      operator.release(new CountDomain(policy));
      operator.crash();
    }

    CommandReply handle(String commandId, String text) throws Exception {
      return operator.handle(COUNT, commandId, text);
    }

    String read(String commandId) throws Exception {
      var reply = handle(commandId, "read");
      assertThat(reply.status()).as(reply.body().message()).isNotEqualTo(ReplyStatus.ERROR);
      return text(reply);
    }

    CommandReply resolve(String commandId, String selected, String rejected) throws Exception {
      var resolve =
          new ResolveConflict(
              Dot.parse(selected), List.of(Dot.parse(rejected)), List.of(), "told to", "test");
      var envelope =
          new CommandEnvelope(
              AggregateKey.parse(COUNT),
              commandId,
              ResolveConflictJson.encode(resolve),
              CommandEnvelope.ANY_VERSION,
              Map.of(),
              ReplyTarget.DEFAULT);
      operator.send(
          operator.record(
              COUNT, CommandWire.encode(envelope, ResolveConflictJson.CONTENT_TYPE, "/test")));
      operator.settle();
      return operator.lastReply();
    }

    void receiveAll(Site other) throws Exception {
      for (var row : other.store.allRows()) {
        if (row.outcome().dot() != null) {
          operator.sendRemote(
              new CommandRecord(
                  row.outcome().aggregate().toString(),
                  EventWire.encode(row, other.name),
                  new SourcePosition("inbound." + name, 0, row.offset(), 0)));
        }
      }
      operator.settle();
    }

    @Override
    public void close() throws Exception {
      operator.close();
      store.close();
    }
  }

  private enum Policy implements CountDomain.Replicated {
    HOME,
    AUTOMATIC,
    FIRST_WRITER,
    BY_HAND,
    REPLICATED;

    @Override
    public ReplicationPolicy<CountDomain.Total> policy() {
      return switch (this) {
        case HOME -> ReplicationPolicy.singleHome();
        case AUTOMATIC ->
            ReplicationPolicy.automatic(Resolvers.<CountDomain.Total>lastWriterWins());
        case FIRST_WRITER -> ReplicationPolicy.automatic(new FirstWriter());
        case BY_HAND -> ReplicationPolicy.interactive();
        case REPLICATED -> ReplicationPolicy.replicatedTypes();
      };
    }
  }

  private static final class FirstWriter implements ConflictResolver<CountDomain.Total> {
    @Override
    public String id() {
      return "first-writer";
    }

    @Override
    public CountDomain.Total resolve(
        List<LiveVersion<CountDomain.Total>> live, CountDomain.Total base) {
      return live.get(0).state();
    }
  }
}
