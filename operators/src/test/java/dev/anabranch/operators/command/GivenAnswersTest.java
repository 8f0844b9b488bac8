package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.waiting.Incoming;
import dev.anabranch.store.CommandRef;
import dev.anabranch.wire.CommandWire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** For how long, and for whom, an answer without a row is the answer. */
class GivenAnswersTest {

  private static final long NOW = 1_800_000_000_000L;
  private static final AggregateKey AGGREGATE = new AggregateKey("Tally", "1");

  private final GivenAnswers given = new GivenAnswers();

  @Test
  void anAnswerIsGivenAgainForTenMinutes() {
    var answer = remember("c1", "caller", NOW);

    assertThat(find("c1", "caller", NOW + GivenAnswers.MAX_MILLIS)).isSameAs(answer);
    assertThat(GivenAnswers.MAX_MILLIS).isEqualTo(10 * 60_000);
    assertThat(find("c1", "caller", NOW + GivenAnswers.MAX_MILLIS + 1)).isNull();
    assertThat(given.isEmpty()).isTrue();
  }

  @Test
  void givingItAgainDoesNotMakeItLastLonger() {
    var answer = remember("c1", "caller", NOW);
    given.remember(ref("c1"), List.of(asked("c1", "other", 0)), answer, NOW + 300_000);

    assertThat(find("c1", "other", NOW + GivenAnswers.MAX_MILLIS)).isSameAs(answer);
    assertThat(find("c1", "caller", NOW + GivenAnswers.MAX_MILLIS + 1)).isNull();
  }

  @Test
  void whoeverSentAfterTheAnswerIsNotMeant() {
    var answer = remember("c1", "caller", NOW);

    assertThat(given.find(ref("c1"), asked("c1", "other", NOW), NOW + 10)).isSameAs(answer);
    assertThat(given.find(ref("c1"), asked("c1", "other", NOW + 1), NOW + 10)).isNull();
    assertThat(find("c1", "caller of no known time", NOW + 10)).isNull();
  }

  @Test
  void theLatestAnswersAreKept() {
    for (var i = 0; i <= GivenAnswers.MAX_ANSWERS; i++) {
      remember("c" + i, "caller", NOW);
    }

    assertThat(find("c0", "caller", NOW)).isNull();
    assertThat(find("c1", "caller", NOW)).isNotNull();
    assertThat(find("c" + GivenAnswers.MAX_ANSWERS, "caller", NOW)).isNotNull();
  }

  @Test
  void longAnswersPushOutEarlierOnes() {
    remember("c1", "caller", NOW);
    for (var i = 0; i < 2; i++) {
      given.remember(
          ref("long" + i), List.of(asked("long" + i, "x", 0)), answer("m".repeat(1 << 21)), NOW);
    }

    assertThat(find("c1", "caller", NOW)).isNull();
    assertThat(find("long1", "x", NOW)).isNotNull();
  }

  private Decided.Unbacked remember(String commandId, String caller, long nowMillis) {
    var answer = answer("no");
    given.remember(ref(commandId), List.of(asked(commandId, caller, 0)), answer, nowMillis);
    return answer;
  }

  private Decided.Unbacked find(String commandId, String caller, long nowMillis) {
    return given.find(ref(commandId), asked(commandId, caller, 0), nowMillis);
  }

  private static Decided.Unbacked answer(String message) {
    return new Decided.Unbacked(
        ReplyStatus.REJECTED, ReplyBody.reason("no", message, Map.of()), false);
  }

  private static CommandRef ref(String commandId) {
    return new CommandRef(AGGREGATE, commandId);
  }

  /** A record of the topic; 0 says that its time is not known. */
  private static Incoming asked(String commandId, String caller, long sentMillis) {
    var command =
        new CommandEnvelope(
            AGGREGATE,
            commandId,
            new EncodedMessage("command", 1, new byte[0]),
            CommandEnvelope.ANY_VERSION,
            Map.of(),
            new ReplyTarget(
                null, ReplyTarget.ANY_PARTITION, caller.getBytes(StandardCharsets.UTF_8)));
    var record =
        new CommandRecord(
            AGGREGATE.toString(),
            CommandWire.encode(command, "text/plain", "/test"),
            new SourcePosition("commands.a", 0, sentMillis, sentMillis));
    return new Incoming(record, command, 0, 1, false);
  }
}
