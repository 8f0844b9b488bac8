package dev.anabranch.playground.traffic;

import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Style;
import dev.anabranch.client.Command;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.util.Locale;

/** A command to the bank and its answer, in one line. */
public final class BankText {

  private BankText() {}

  public static String line(Command command, CommandReply reply, Style style) {
    var fine = reply.status() == ReplyStatus.ACCEPTED;
    var body = reply.body();
    var answer =
        fine
            ? "version " + body.version() + " " + Payload.text(body.result())
            : body.code() + ": " + body.message();
    var status = String.format(Locale.ROOT, "%-8s", reply.status().code());
    return String.format(
        Locale.ROOT,
        "%-5s %-13s %-12s %-26s %s  %s%s",
        command.commandId(),
        command.aggregate(),
        command.payload().type(),
        Payload.text(command.payload().data()),
        fine ? style.good(status) : style.bad(status),
        body.result().length == 0 && fine ? "version " + body.version() : answer,
        reply.repeated() ? " (repeated: the first outcome again)" : "");
  }
}
