package dev.anabranch.cli.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.client.Command;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.SourcePosition;

/** A reply for people and for programs. */
public final class ReplyText {

  private ReplyText() {}

  public static String text(Command command, CommandReply reply, Style style) {
    var body = reply.body();
    var fine = reply.status() == ReplyStatus.ACCEPTED || reply.status() == ReplyStatus.UNCHANGED;
    var status = reply.status().code();
    var text = new StringBuilder(fine ? style.good(status) : style.bad(status));
    text.append("  ").append(command.aggregate());
    if (reply.status() != ReplyStatus.ERROR) {
      text.append(" version ").append(body.version());
    }
    text.append("  command ").append(Printable.of(command.commandId()));
    var backing = reply.backing();
    if (backing != null) {
      text.append("  row ").append(backing.position());
    }
    text.append(reply.repeated() ? "  (repeated: it had this outcome already)" : "");
    text.append(
        reply.superseded()
            ? "  (superseded: another region had accepted it first, and that counts)"
            : "");
    if (!body.code().isEmpty()) {
      text.append(System.lineSeparator()).append(body.code());
      text.append(body.message().isEmpty() ? "" : ": " + Printable.of(body.message()));
    }
    body.details()
        .forEach(
            (name, value) ->
                text.append(System.lineSeparator())
                    .append("  ")
                    .append(name)
                    .append(": ")
                    .append(Printable.of(value)));
    if (body.result().length > 0) {
      text.append(System.lineSeparator()).append(Payload.text(body.result()));
    }
    return text.toString();
  }

  /** Describes a command that Kafka has; its outcome was not asked for. */
  public static String sent(Command command, SourcePosition position) {
    return "sent  "
        + command.aggregate()
        + "  command "
        + Printable.of(command.commandId())
        + "  to "
        + position.topic()
        + "-"
        + position.partition()
        + "@"
        + position.offset();
  }

  /** Describes in JSON what {@link #sent} does. */
  public static String sentJson(Command command, SourcePosition position)
      throws JsonProcessingException {
    var node = Payload.JSON.createObjectNode();
    node.put("aggregate", command.aggregate().toString());
    node.put("commandId", command.commandId());
    node.put("status", "sent");
    node.put("topic", position.topic());
    node.put("partition", position.partition());
    node.put("offset", position.offset());
    return Payload.JSON.writeValueAsString(node);
  }

  public static String json(Command command, CommandReply reply) throws JsonProcessingException {
    var body = reply.body();
    var node = Payload.JSON.createObjectNode();
    node.put("aggregate", command.aggregate().toString());
    node.put("commandId", command.commandId());
    node.put("status", reply.status().code());
    node.put("version", body.version());
    node.put("repeated", reply.repeated());
    node.put("superseded", reply.superseded());
    if (!body.code().isEmpty()) {
      node.put("code", body.code());
      node.put("message", body.message());
      var details = node.putObject("details");
      body.details().forEach(details::put);
    }
    var backing = reply.backing();
    if (backing != null) {
      node.put("region", backing.region());
      node.put("shard", backing.position().shard());
      node.put("shardOffset", backing.position().offset());
      node.put("revision", backing.revision());
    }
    if (body.result().length > 0) {
      var result = node.putObject("result");
      result.put("contentType", body.resultContentType());
      Payload.put(result, body.result());
    }
    return Payload.JSON.writeValueAsString(node);
  }
}
