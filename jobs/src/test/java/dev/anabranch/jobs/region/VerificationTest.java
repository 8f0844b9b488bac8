package dev.anabranch.jobs.region;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A verification that could not fail would be none: each of its rules, broken once. */
class VerificationTest {

  private static final RegionId REGION = new RegionId("eu");
  private static final AggregateKey KEY = new AggregateKey("Purse", "a");
  private static final int SHARD = Shards.shardOf(KEY, RegionSettings.SHARDS);
  private static final AggregateTypes PURSES = AggregateTypes.of(new PurseDomain());

  private final LogRow first = commit(0, "c1", "5", "");
  private final LogRow second = commit(1, "c2", "7", "12");
  private final LogRow third = rejected(2, "c3");
  private final List<LogRow> rows = List.of(first, second, third);

  @Test
  void whatHoldsIsNoProblem() {
    var replies = List.of(reply(first, false), reply(second, false), reply(second, true));

    assertThat(replies(replies, PURSES)).isEmpty();
    assertThat(published(rows, List.of(first, second), 0)).isEmpty();
    assertThat(decisions("deposit 5", "deposit-and-read 7", "withdraw 13")).isEmpty();
  }

  @Test
  void aRejectionWithoutARowIsFoundUnlessTheTypeMayGiveIt() {
    var reply = answer(KEY, ReplyStatus.REJECTED, ReplyBody.EMPTY, null, false);
    var type =
        AggregateType.named("Purse", typed().decider())
            .commands(typed().commandCodec())
            .events(typed().eventCodec())
            .state(typed().stateCodec())
            .rejections(AggregateType.Rejections.TRANSIENT)
            .build();

    assertThat(replies(List.of(reply), PURSES))
        .singleElement()
        .asString()
        .contains("REJECTED without a row");
    assertThat(replies(List.of(reply), AggregateTypes.of(() -> List.of(type)))).isEmpty();
  }

  @Test
  void aReplyThatSaysAnotherResultCodeOrVersionThanItsRowIsFound() {
    var told = ReplyBlob.decode(second.outcome().blobs().reply());
    var result =
        new ReplyBody(
            told.code(), told.message(), told.details(), 2, "text/plain", "13".getBytes(UTF_8));
    var version =
        new ReplyBody(
            told.code(),
            told.message(),
            told.details(),
            3,
            told.resultContentType(),
            told.result());
    var code = ReplyBody.reason("other", "never", Map.of());

    assertThat(replies(List.of(of(second, result, false)), PURSES)).hasSize(1);
    assertThat(replies(List.of(of(second, version, true)), PURSES)).hasSize(1);
    assertThat(replies(List.of(of(third, code, false)), PURSES)).hasSize(1);
    assertThat(replies(List.of(of(third, body(third), false)), PURSES)).isEmpty();
  }

  @Test
  void aCommitThatStandsBeforeItsCauseOrStandsTwiceIsFound() {
    var early = store(List.of(second.outcome().at(SHARD, 0), first.outcome().at(SHARD, 1)));
    assertThat(early).anyMatch(text -> text.contains("stands before eu:1"));

    assertThat(store(List.of(first, second, first.outcome().at(SHARD, 2))))
        .anyMatch(text -> text.contains("has the commit eu:1 again"));
  }

  private static List<String> store(List<LogRow> rows) {
    return new Verification(RegionSettings.SHARDS).store(rows).problems();
  }

  @Test
  void aTopicOutOfOrderIsFoundThoughAReaderSortsIt() {
    assertThat(published(rows, List.of(), 1))
        .singleElement()
        .asString()
        .contains("1 rows came before the one before");
  }

  @Test
  void aRecordThatCameAgainOtherwiseIsFound() {
    assertThat(published(rows, List.of(commit(1, "c2", "8", "12")), 0))
        .singleElement()
        .asString()
        .contains("came again otherwise than it is stored");
  }

  @Test
  void anOutcomeThatItsCommandDoesNotMakeOfTheStateBeforeIsFound() {
    assertThat(decisions("deposit 6", "deposit-and-read 7", "withdraw 13"))
        .singleElement()
        .asString()
        .contains("says accepted [5]")
        .contains("makes accepted [6]");
    assertThat(decisions("deposit 5", "deposit 7", "withdraw 13")).hasSize(1);
    assertThat(decisions("deposit 5", "deposit-and-read 7", "withdraw 12"))
        .singleElement()
        .asString()
        .contains("makes accepted [-12]");
    assertThat(decisions("gift", "coin", "coin")).isEmpty();
  }

  private List<String> replies(List<CommandReply> replies, AggregateTypes types) {
    return verification().replies(replies, types).problems();
  }

  private List<String> published(List<LogRow> applied, List<LogRow> repeats, long outOfOrder) {
    var none = new long[RegionSettings.SHARDS];
    var result =
        new EventTopicReader.Result(none, none, 3, 0, outOfOrder, 0, List.of(), List.of(), 0);
    return verification()
        .published(new RegionOutputs.Published(applied, repeats, result))
        .problems();
  }

  private List<String> decisions(String c1, String c2, String c3) {
    return verification()
        .decisions(List.of(command("c1", c1), command("c2", c2), command("c3", c3)))
        .problems();
  }

  private Verification verification() {
    return new Verification(RegionSettings.SHARDS).store(rows);
  }

  @SuppressWarnings("unchecked") // a type's parts belong together
  private static AggregateType<Object, String, Object> typed() {
    return (AggregateType<Object, String, Object>) PurseDomain.PURSE;
  }

  private static MessageRecord command(String id, String text) {
    var message = new EncodedMessage("command", 1, text.getBytes(UTF_8));
    var envelope =
        new CommandEnvelope(
            KEY, id, message, CommandEnvelope.ANY_VERSION, Map.of(), ReplyTarget.DEFAULT);
    return CommandWire.encode(envelope, "text/plain", "/test");
  }

  private static CommandReply reply(LogRow row, boolean repeated) {
    return of(row, body(row), repeated);
  }

  private static ReplyBody body(LogRow row) {
    return ReplyBlob.decode(row.outcome().blobs().reply());
  }

  private static CommandReply of(LogRow row, ReplyBody body, boolean repeated) {
    var backing = new CommandReply.Backing("eu", row.position(), "");
    var status = ReplyStatus.of(row.outcome().kind());
    return new CommandReply(
        row.outcome().commandId(), KEY, status, body, backing, repeated, ReplyTarget.DEFAULT);
  }

  private static CommandReply answer(
      AggregateKey key,
      ReplyStatus status,
      ReplyBody body,
      CommandReply.@Nullable Backing backing,
      boolean repeated) {
    return new CommandReply("c9", key, status, body, backing, repeated, ReplyTarget.DEFAULT);
  }

  private static LogRow commit(long offset, String id, String event, String result) {
    var version = offset + 1;
    var type = result.isEmpty() ? "" : typed().resultContentType();
    var body = new ReplyBody("", "", Map.of(), version, type, result.getBytes(UTF_8));
    var events = List.of(new EncodedMessage("event", 1, event.getBytes(UTF_8)));
    var time = offset == 0 ? VectorTime.ZERO : VectorTime.ZERO.with(REGION, offset);
    var causality = new Causality(time, List.of(), VectorTime.ZERO, "");
    var blobs =
        new Blobs(
            CausalityBlob.encode(causality),
            Blobs.EMPTY,
            ReplyBlob.encode(body),
            EventsBlob.encode(events));
    return new Outcome(
            RowKind.COMMIT, KEY, version, id, "", new Dot(REGION, version), stamp(offset), blobs)
        .at(SHARD, offset);
  }

  private static LogRow rejected(long offset, String id) {
    var body = ReplyBody.reason("too-little", "the purse is too light", Map.of("balance", "12"));
    var blobs = new Blobs(Blobs.EMPTY, Blobs.EMPTY, ReplyBlob.encode(body), Blobs.EMPTY);
    return new Outcome(RowKind.REJECTED, KEY, 0, id, "", null, stamp(offset), blobs)
        .at(SHARD, offset);
  }

  private static Stamp stamp(long offset) {
    return new Stamp(1, offset, offset);
  }
}
