package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.testkit.sample.SharedDomain;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An aggregate is not made anew after all, and goes on from what it had before. */
@Timeout(60)
class RebuildThatEndsEarlyTest {

  private static final List<String> ALL = List.of("a", "b", "c");
  private static final int COMMITS = 8;

  @Test
  void payloadsThatCameAfterTheirTombstonesAreStillThere() throws Exception {
    try (var a = new RegionHarness("a", ALL);
        var b = new RegionHarness("b", ALL);
        var c = new RegionHarness("c", ALL)) {
      for (var i = 1; i <= COMMITS; i++) {
        a.handle("Auto/1", "c" + i, "add " + i);
        if (i == 2) {
          c.receiveAll(a);
        }
      }
      c.handle("Auto/1", "c", "add c");
      for (var row : a.commits()) {
        b.receive(RegionHarness.tombstoneOf(row), "a");
      }
      b.receiveAll(a);
      b.operator().checkpoint();

      // A release that can't read the state, and has no room to make it anew.
      b.operator().release(new Unreadable());
      b.operator().useOptions(options().withMaxCachedBytes(100));
      b.operator().useStore(new RowByRowStore(b.store().factory(), 1_000));
      b.operator().crash();
      assertThat(b.handle("Auto/1", "r1", "read").body().code()).isEqualTo(ErrorCodes.BROKEN);
      b.operator().checkpoint();

      b.operator().release(new SharedDomain());
      b.operator().useOptions(options());
      b.operator().crash();
      b.receiveAll(c);
      a.receiveAll(c);
      assertThat(b.read("Auto/1", "r2")).isEqualTo(a.read("Auto/1", "r2"));
    }
  }

  private static CommandOperatorOptions options() {
    return new CommandOperatorOptions(
        "b",
        new RegionMap(ALL, "a", new TreeMap<>()),
        OperatorHarness.SHARDS,
        new Batching(1, 50, 1 << 20, 200, 1 << 24),
        10_000,
        200,
        4,
        Duration.ofSeconds(20));
  }

  private static final class Unreadable implements Domain, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public List<AggregateType<?, ?, ?>> aggregateTypes() {
      return List.of(
          AggregateType.named("Auto", new Nothing())
              .commands(new Text("command", true))
              .events(new Text("event", true))
              .state(new Text("state", false))
              .replication(ReplicationPolicy.automatic(Resolvers.<String>lastWriterWins()))
              .build());
    }
  }

  private static final class Nothing implements Decider<String, String, String> {
    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return Decision.unchangedWithResult(state);
    }

    @Override
    public String evolve(String state, String event) {
      return state + "," + event;
    }
  }

  private record Text(String name, boolean isReadable) implements MessageCodec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      return new EncodedMessage(name, 1, message.getBytes(UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      if (!isReadable) {
        throw new IllegalStateException("told to fail");
      }
      return new String(encoded.data(), UTF_8);
    }
  }
}
