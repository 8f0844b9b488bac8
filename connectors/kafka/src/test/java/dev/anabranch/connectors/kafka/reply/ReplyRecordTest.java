package dev.anabranch.connectors.kafka.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.kafka.TestMessages;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.wire.Headers;
import dev.anabranch.wire.RecordSize;
import dev.anabranch.wire.ReplyWire;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplyRecordTest {

  private static final int LIMIT = 8 << 10;

  @Test
  void aReplyWithinTheLimitIsSentAsItIs() {
    var record = ReplyRecord.of(reply("ok", new byte[100]), 3, null, LIMIT);

    assertThat(record.partition()).isEqualTo(3);
    assertThat(record.message().value()).hasSize(100);
    assertThat(header(record, ReplyRecord.CUT)).isNull();
    assertThat(header(record, ReplyRecord.REDIRECTED)).isNull();
  }

  @Test
  void aLargeResultIsLeftOutFirst() {
    var record = ReplyRecord.of(reply("why", new byte[LIMIT]), null, "no such topic", LIMIT);

    var decoded = ReplyWire.decode(record.message());
    assertThat(decoded.body().result()).isEmpty();
    assertThat(decoded.body().message()).isEqualTo("why");
    assertThat(decoded.target().correlationId()).containsExactly(7);
    assertThat(header(record, ReplyRecord.CUT)).contains("result: the reply has ", "8192");
    assertThat(header(record, ReplyRecord.REDIRECTED)).isEqualTo("no such topic");
    assertThat(RecordSize.of(record.message())).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void aLongMessageAndDetailsAreCutNext() {
    var record = ReplyRecord.of(reply("x".repeat(2 * LIMIT), new byte[LIMIT]), null, null, LIMIT);

    var decoded = ReplyWire.decode(record.message());
    assertThat(decoded.body().message()).hasSize(203);
    assertThat(decoded.body().details()).isEmpty();
    assertThat(decoded.body().code()).isEqualTo("code");
    assertThat(RecordSize.of(record.message())).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void aLongCodeIsCutToo() {
    var record =
        ReplyRecord.of(reply("x".repeat(2 * LIMIT), "why", new byte[LIMIT]), null, null, LIMIT);

    var decoded = ReplyWire.decode(record.message());
    assertThat(decoded.body().code()).hasSize(67).endsWith("...");
    assertThat(decoded.body().message()).isEqualTo("why");
    assertThat(header(record, ReplyRecord.CUT)).contains("most of code and message");
    assertThat(RecordSize.of(record.message())).isLessThanOrEqualTo(LIMIT);
  }

  private static CommandReply reply(String message, byte[] result) {
    return reply("code", message, result);
  }

  private static CommandReply reply(String code, String message, byte[] result) {
    var plain = TestMessages.reply("c1", new ReplyTarget(null, -1, new byte[] {7}));
    return new CommandReply(
        plain.commandId(),
        plain.aggregate(),
        plain.status(),
        new ReplyBody(code, message, Map.of("detail", message), 1, "text/plain", result),
        plain.backing(),
        false,
        plain.target());
  }

  private static String header(ReplyRecord record, String name) {
    return Headers.text(record.message().headers(), name);
  }
}
