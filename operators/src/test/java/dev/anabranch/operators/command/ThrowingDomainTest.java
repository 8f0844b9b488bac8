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
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.lane.TestStore;
import java.io.IOError;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a domain throws, wherever, is the problem of one command or one aggregate. */
class ThrowingDomainTest {

  private static final List<String> PLACES =
      List.of("decide-", "evolve-", "decodec-", "encodee-", "decodee-", "encodes-", "decodes-");
  private static final List<String> KINDS =
      List.of(
          "IllegalState",
          "Assertion",
          "NoClassDef",
          "IO",
          "Interrupted",
          "Todo",
          "ServiceConfig",
          "IOError",
          "GetMessage",
          "StackOverflow");

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> void sneaky(Throwable t) throws X {
    throw (X) t;
  }

  /** What Kotlin throws where code is still to be written. */
  private static final class Todo extends Error {
    private static final long serialVersionUID = 1L;

    Todo() {
      super("An operation is not implemented");
    }
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("in getMessage");
    }
  }

  private static Throwable of(String kind) {
    return switch (kind) {
      case "IllegalState" -> new IllegalStateException("x");
      case "Assertion" -> new AssertionError("x");
      case "NoClassDef" -> new NoClassDefFoundError("x");
      case "IO" -> new IOException("x");
      case "Interrupted" -> new InterruptedException("x");
      case "Todo" -> new Todo();
      case "ServiceConfig" -> new ServiceConfigurationError("x");
      case "IOError" -> new IOError(new IOException("x"));
      case "GetMessage" -> new Unreadable();
      case "StackOverflow" -> new StackOverflowError("x");
      default -> throw new AssertionError(kind);
    };
  }

  /** Throws what a text asks for, once it comes to the place that the text names. */
  private static void maybe(String place, String text) {
    var at = text.indexOf(place);
    if (at >= 0) {
      ThrowingDomainTest.<RuntimeException>sneaky(
          of(text.substring(at + place.length()).split(",", -1)[0]));
    }
  }

  private record Odd() implements Domain, Serializable {
    @Override
    public List<AggregateType<?, ?, ?>> aggregateTypes() {
      var decider =
          new Decider<String, String, String>() {
            @Override
            public String initialState() {
              return "";
            }

            @Override
            public Decision<String> decide(String state, String command, DecisionContext context) {
              maybe("decide-", command);
              return Decision.accepted(command);
            }

            @Override
            public String evolve(String state, String event) {
              maybe("evolve-", event);
              return state + "," + event;
            }
          };
      return List.of(
          AggregateType.named("Odd", decider)
              .commands(new Text("c"))
              .events(new Text("e"))
              .state(new Text("s"))
              .build());
    }
  }

  private record Text(String name) implements MessageCodec<String>, Serializable {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      maybe("encode" + name + "-", message);
      return new EncodedMessage(name, 1, message.getBytes(UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      var message = new String(encoded.data(), UTF_8);
      maybe("decode" + name + "-", message);
      return message;
    }
  }

  static Stream<Arguments> cases() {
    var all = new ArrayList<Arguments>();
    PLACES.forEach(place -> KINDS.forEach(kind -> all.add(Arguments.of(place, kind))));
    return all.stream();
  }

  @ParameterizedTest(name = "{0}{1}")
  @MethodSource("cases")
  void othersGoOnThroughCheckpointAndRestart(String place, String kind) throws Exception {
    var store = new TestStore();
    try (var operator =
        new OperatorHarness(store.factory(), OperatorHarness.defaults(), new Odd())) {
      operator.handle("Odd/1", "c0", "a");

      var reply = operator.handle("Odd/1", "c1", place + kind);
      assertThat(operator.handle("Odd/2", "c2", "b").status()).isEqualTo(ReplyStatus.ACCEPTED);
      operator.checkpoint();
      operator.crash();

      assertThat(operator.handle("Odd/2", "c4", "c").status()).isEqualTo(ReplyStatus.ACCEPTED);
      var next = operator.handle("Odd/1", "c5", "d");
      if (place.endsWith("s-")) {
        // The commit was accepted; what it made can't be kept in this release.
        assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
        assertThat(next.body().code()).isIn(ErrorCodes.BROKEN, "");
      } else {
        assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
        assertThat(reply.body().code()).isEqualTo(ErrorCodes.POISON);
        assertThat(reply.body().message()).isNotBlank();
        assertThat(next.status()).isEqualTo(ReplyStatus.ACCEPTED);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anInitialStateThatCannotBeMadeParksItsAggregates(String kind) throws Exception {
    var store = new TestStore();
    try (var operator =
        new OperatorHarness(store.factory(), OperatorHarness.defaults(), new Uninitial(kind))) {
      var reply = operator.handle("Uninitial/1", "c1", "a");
      assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
      assertThat(reply.body().message()).contains("its initial state can't be made");
      assertThat(operator.handle("Odd/2", "c2", "b").status()).isEqualTo(ReplyStatus.ACCEPTED);
      operator.checkpoint();
      operator.crash();
      assertThat(operator.handle("Odd/2", "c3", "c").status()).isEqualTo(ReplyStatus.ACCEPTED);
      assertThat(operator.handle("Uninitial/1", "c4", "a").status()).isEqualTo(ReplyStatus.ERROR);
    }
  }

  static Stream<String> kinds() {
    return KINDS.stream();
  }

  private record Uninitial(String kind) implements Domain, Serializable {
    @Override
    public List<AggregateType<?, ?, ?>> aggregateTypes() {
      var decider =
          new Decider<String, String, String>() {
            @Override
            public String initialState() {
              ThrowingDomainTest.<RuntimeException>sneaky(of(kind));
              return "";
            }

            @Override
            public Decision<String> decide(String state, String command, DecisionContext context) {
              return Decision.accepted(command);
            }

            @Override
            public String evolve(String state, String event) {
              return state + event;
            }
          };
      var types = new ArrayList<>(new Odd().aggregateTypes());
      types.add(
          AggregateType.named("Uninitial", decider)
              .commands(new Text("c"))
              .events(new Text("e"))
              .state(new Text("s"))
              .build());
      return types;
    }
  }
}
