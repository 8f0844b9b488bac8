package dev.anabranch.playground.demo;

import dev.anabranch.cli.text.Payload;
import dev.anabranch.client.Command;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.util.Locale;
import java.util.Set;

/**
 * Sends a story's commands before the eyes of who watches, and remembers whether all came as it
 * must.
 *
 * <p><b>Threads.</b> For one.
 */
final class Narrator {

  private final DemoScreen screen;
  private final CliRunner cli;
  private boolean sound = true;

  Narrator(DemoScreen screen, CliRunner cli) {
    this.screen = screen;
    this.cli = cli;
  }

  /** Whether everything came as it must so far. */
  boolean isSound() {
    return sound;
  }

  void accepted(DemoRegion region, Command command) {
    sent(region, command, Set.of(ReplyStatus.ACCEPTED));
  }

  CommandReply sent(DemoRegion region, Command command, Set<ReplyStatus> expected) {
    var start = System.nanoTime();
    var reply = region.client().send(command, ReplyLevel.COMMITTED).join();
    var millis = (System.nanoTime() - start) / 1e6;
    var style = screen.style();
    var answer =
        reply.status() == ReplyStatus.ACCEPTED
            ? style.good("accepted")
            : style.bad(reply.status().code() + " (" + reply.body().code() + ")");
    screen.line(
        String.format(
            Locale.ROOT,
            "  %-4s %-18s %-12s %-26s %s in %.0f ms%s%s",
            region.name(),
            command.aggregate(),
            command.payload().type(),
            Payload.text(command.payload().data()),
            answer,
            millis,
            reply.repeated() ? ", repeated" : "",
            reply.superseded() ? ", superseded" : ""));
    expect(expected.contains(reply.status()), "the answer to " + command.payload().type());
    return reply;
  }

  /** Runs a command as a user would type it; it must find everything fine. */
  void run(DemoRegion region, String... args) {
    expect(ShownCommandLine.run(screen, cli, region.config(), args), String.join(" ", args));
  }

  void expect(boolean holds, String what) {
    if (!holds) {
      sound = false;
      screen.line(screen.style().bad("Not as it must be: " + what));
    }
  }
}
