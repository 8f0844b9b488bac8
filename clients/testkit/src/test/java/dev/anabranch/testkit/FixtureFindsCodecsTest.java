package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Codecs that break what the runtime rests on, each found by the fixture, for what they encode. */
class FixtureFindsCodecsTest {

  /** A text type that appends events to its state, and says what it was told. */
  private static final class Texts implements Decider<String, String, String> {
    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return Decision.acceptedWithResult(command, List.of(command));
    }

    @Override
    public String evolve(String state, String event) {
      return state + event;
    }
  }

  /** Writes and reads texts as the functions say. */
  private record Texting(
      boolean lossless, Function<String, String> write, Function<String, String> read)
      implements MessageCodec<String> {

    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      return new EncodedMessage("text", 1, write.apply(message).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      return read.apply(new String(encoded.data(), StandardCharsets.UTF_8));
    }
  }

  private static final Texting PLAIN = new Texting(true, text -> text, text -> text);

  /** Other bytes each time. */
  private static Texting unstable() {
    var count = new AtomicInteger();
    return new Texting(
        false, text -> text + "#" + count.incrementAndGet(), text -> text.replaceAll("#.*", ""));
  }

  /** Calls itself lossless, and cuts what it writes. */
  private static final Texting CUTTING =
      new Texting(true, text -> text.substring(0, Math.min(1, text.length())), text -> text);

  @Test
  void bytesThatDifferEachTime() {
    assertFinds(fixture(unstable(), PLAIN, PLAIN), "the codec is not stable");
    assertFinds(fixture(PLAIN, unstable(), PLAIN), "the codec is not stable");
    assertFinds(fixture(PLAIN, PLAIN, unstable()), "the codec is not stable");
  }

  @Test
  void whatIsNotLosslessThoughItSaysSo() {
    assertFinds(fixture(CUTTING, PLAIN, PLAIN), "calls itself lossless and is not");
    assertFinds(fixture(PLAIN, CUTTING, PLAIN), "calls itself lossless and is not");
    assertFinds(fixture(PLAIN, PLAIN, CUTTING), "calls itself lossless and is not");
  }

  @Test
  void aStateThatDoesNotComeBackFromItsBytes() {
    var growing = new Texting(false, text -> text, text -> text + "!");

    assertFinds(fixture(PLAIN, PLAIN, growing), "the state is not restored from its bytes");
  }

  @Test
  void aResultWhoseBytesDifferEachTime() {
    var count = new AtomicInteger();
    var unstable =
        DomainFixture.of(
            type(PLAIN, PLAIN, PLAIN)
                .results(
                    "text/plain",
                    result ->
                        (result + "#" + count.incrementAndGet()).getBytes(StandardCharsets.UTF_8))
                .build());

    assertThatThrownBy(() -> unstable.when("abc").expectResult("abc"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a result has different bytes each time");
  }

  @Test
  void aDeciderGetsACommandAsItsCodecReadsIt() {
    var trimming = new Texting(false, String::strip, text -> text);

    fixture(trimming, PLAIN, PLAIN).when(" abc ").expectEvents("abc").expectState("abc");
  }

  private static void assertFinds(DomainFixture<String, String, String> fixture, String what) {
    assertThatThrownBy(() -> fixture.when("abc"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(what);
  }

  private static DomainFixture<String, String, String> fixture(
      Texting commands, Texting events, Texting states) {
    return DomainFixture.of(type(commands, events, states).build());
  }

  private static AggregateType.Builder<String, String, String> type(
      Texting commands, Texting events, Texting states) {
    return AggregateType.named("Texts", new Texts())
        .commands(commands)
        .events(events)
        .state(states);
  }
}
