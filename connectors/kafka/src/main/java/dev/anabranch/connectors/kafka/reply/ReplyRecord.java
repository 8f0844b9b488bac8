package dev.anabranch.connectors.kafka.reply;

import dev.anabranch.model.Blobs;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.wire.RecordSize;
import dev.anabranch.wire.ReplyWire;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A reply as a record, cut down to what its topic takes.
 *
 * @param partition null: by the key
 */
record ReplyRecord(MessageRecord message, @Nullable Integer partition) {

  /** Says what was left out of a reply that would have been too large. */
  static final String CUT = "ab_reply_cut";

  /** Says why a reply came to the default topic instead of the one that was asked for. */
  static final String REDIRECTED = "ab_reply_redirected";

  private static final int SHORT_MESSAGE_LENGTH = 200;
  private static final int SHORT_CODE_LENGTH = 64;

  private record Cut(String what, UnaryOperator<CommandReply> by) {}

  private static final Cut RESULT = new Cut("result", ReplyRecord::withoutResult);
  private static final Cut ALL =
      new Cut("result, details and most of code and message", ReplyRecord::withShortReason);

  /**
   * @param redirected why the reply goes to the default topic; null: it was meant to
   * @param maxBytes from 8 KiB on: that much remains when all that can be left out is
   */
  static ReplyRecord of(
      CommandReply reply, @Nullable Integer partition, @Nullable String redirected, int maxBytes) {
    var message = encode(reply, redirected, null);
    var size = RecordSize.of(message);
    if (size <= maxBytes) {
      return new ReplyRecord(message, partition);
    }
    return new ReplyRecord(cut(reply, redirected, size, maxBytes), partition);
  }

  /** Without its result, for a topic that refused the reply though it was within our own limit. */
  static ReplyRecord withoutResult(CommandReply reply, @Nullable Integer partition) {
    var why = "result: the topic does not take records of this size";
    return new ReplyRecord(encode(withoutResult(reply), null, why), partition);
  }

  private static MessageRecord cut(
      CommandReply reply, @Nullable String redirected, int size, int maxBytes) {
    var message = cut(RESULT, reply, redirected, size, maxBytes);
    return RecordSize.of(message) <= maxBytes
        ? message
        : cut(ALL, reply, redirected, size, maxBytes);
  }

  private static MessageRecord cut(
      Cut cut, CommandReply reply, @Nullable String redirected, int size, int maxBytes) {
    return encode(
        cut.by.apply(reply),
        redirected,
        cut.what + ": the reply has " + size + " bytes, the limit is " + maxBytes);
  }

  private static MessageRecord encode(
      CommandReply reply, @Nullable String redirected, @Nullable String cut) {
    var message = ReplyWire.encode(reply);
    if (redirected == null && cut == null) {
      return message;
    }
    var headers = new ArrayList<>(message.headers());
    if (redirected != null) {
      headers.add(RecordHeader.of(REDIRECTED, redirected));
    }
    if (cut != null) {
      headers.add(RecordHeader.of(CUT, cut));
    }
    return new MessageRecord(message.key(), message.value(), headers);
  }

  private static CommandReply withoutResult(CommandReply reply) {
    var body = reply.body();
    return with(
        reply,
        new ReplyBody(
            body.code(), body.message(), body.details(), body.version(), "", Blobs.EMPTY));
  }

  private static CommandReply withShortReason(CommandReply reply) {
    var body = reply.body();
    return with(
        reply,
        new ReplyBody(
            shortened(body.code(), SHORT_CODE_LENGTH),
            shortened(body.message(), SHORT_MESSAGE_LENGTH),
            Map.of(),
            body.version(),
            "",
            Blobs.EMPTY));
  }

  private static String shortened(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length) + "...";
  }

  private static CommandReply with(CommandReply reply, ReplyBody body) {
    return new CommandReply(
        reply.commandId(),
        reply.aggregate(),
        reply.status(),
        body,
        reply.backing(),
        reply.repeated(),
        reply.superseded(),
        reply.target());
  }
}
