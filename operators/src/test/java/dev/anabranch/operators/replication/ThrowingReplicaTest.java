package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a domain throws in the cross-region job is the problem of one aggregate. */
class ThrowingReplicaTest {

  private static final List<String> PLACES =
      List.of("initial", "evolve", "encode-state", "decode-state", "decode-event", "resolve");
  private static final List<String> KINDS =
      List.of("Assertion", "NoClassDef", "IO", "Todo", "GetMessage");

  private static volatile String place = "";
  private static volatile String kind = "";

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> void sneaky(Throwable t) throws X {
    throw (X) t;
  }

  private static final class Todo extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("in getMessage");
    }
  }

  private static void maybe(String where, String text) {
    if (!where.equals(place) || !text.contains("!")) {
      return;
    }
    ThrowingReplicaTest.<RuntimeException>sneaky(
        switch (kind) {
          case "IllegalState" -> new IllegalStateException("x");
          case "Assertion" -> new AssertionError("x");
          case "NoClassDef" -> new NoClassDefFoundError("x");
          case "IO" -> new IOException("x");
          case "GetMessage" -> new Unreadable();
          default -> new Todo();
        });
  }

  private record Types() implements Domain {
    @Override
    public List<AggregateType<?, ?, ?>> aggregateTypes() {
      return List.of(
          type("Home", ReplicationPolicy.singleHome()),
          type("Auto", ReplicationPolicy.automatic(new Join())),
          type("Hand", ReplicationPolicy.interactive()));
    }
  }

  private static AggregateType<?, ?, ?> type(String name, ReplicationPolicy<String> policy) {
    return AggregateType.named(name, new Notes())
        .commands(new Text(false))
        .events(new Text(false))
        .state(new Text(true))
        .replication(policy)
        .build();
  }

  private record Join() implements ConflictResolver<String> {
    @Override
    public String id() {
      return "join";
    }

    @Override
    public String resolve(List<LiveVersion<String>> live, String base) {
      var joined =
          live.stream().map(LiveVersion::state).collect(Collectors.joining("|", base + ":", ""));
      maybe("resolve", joined);
      return joined;
    }
  }

  private record Notes() implements Decider<String, String, String> {
    @Override
    public String initialState() {
      maybe("initial", "!");
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return Decision.accepted(command);
    }

    @Override
    public String evolve(String state, String event) {
      maybe("evolve", event);
      return state + event;
    }
  }

  private record Text(boolean state) implements MessageCodec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      if (state) {
        maybe("encode-state", message);
      }
      return new EncodedMessage("text", 1, message.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      var message = new String(encoded.data(), StandardCharsets.UTF_8);
      maybe(state ? "decode-state" : "decode-event", message);
      return message;
    }
  }

  static Stream<Arguments> cases() {
    var all = new ArrayList<Arguments>();
    for (var type : List.of("Home", "Auto", "Hand")) {
      PLACES.forEach(where -> all.add(Arguments.of(type, where)));
    }
    return all.stream();
  }

  /** What the job did with the commits of one aggregate that throws and one that does not. */
  private record Seen(List<String> handedOn, String stateOfOther) {}

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void whateverIsThrownIsDealtWithAsAnyException(String type, String where) throws Exception {
    var seen = seen(type, where, "IllegalState");
    assertThat(seen.handedOn).contains("b:1", "b:2");
    if (!where.equals("initial")) {
      assertThat(seen.stateOfOther).isEqualTo("yw");
    }

    for (var thrown : KINDS) {
      assertThat(seen(type, where, thrown)).as(thrown).isEqualTo(seen);
    }
  }

  private static Seen seen(String type, String where, String thrown) throws Exception {
    place = where;
    kind = thrown;
    var a = new TestRegion("a", ReplicationHarness.SHARDS);
    var b = new TestRegion("b", ReplicationHarness.SHARDS);
    try (var store = new StoreOfA();
        var job = new ReplicationHarness(store.factory())) {
      job.release(new Types());
      job.restartFromNothing();
      job.process(b.commit(type + "/1", "c1", "x"));
      job.process(b.commit(type + "/1", "c2", "!"));
      if (!type.equals("Home")) {
        job.process(a.commit(type + "/1", "c2a", "o"));
      }
      job.process(b.commit(type + "/2", "c3", "y"));
      job.settle();
      job.crashAndRestore();
      job.process(b.commit(type + "/1", "c4", "z"));
      job.process(b.commit(type + "/2", "c5", "w"));
      job.settle();
      return new Seen(job.inboundDots().stream().sorted().toList(), job.state(type + "/2"));
    } finally {
      place = "";
    }
  }
}
