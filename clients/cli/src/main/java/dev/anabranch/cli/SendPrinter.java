package dev.anabranch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.cli.send.SendRun;
import dev.anabranch.cli.text.Printable;
import dev.anabranch.cli.text.ReplyText;
import dev.anabranch.client.Command;
import dev.anabranch.model.message.CommandReply;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Prints what must be seen while many commands are sent.
 *
 * <p><b>Bounds.</b> Names the first {@value #MAX_SHOWN} rejections and failures, and counts the
 * rest.
 */
final class SendPrinter implements SendRun.Listener {

  private static final int MAX_SHOWN = 50;

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private long told;

  SendPrinter(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  @Override
  public synchronized void replied(Command command, CommandReply reply, long sentNanos) {
    if (json) {
      try {
        out.println(ReplyText.json(command, reply));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** In JSON each reply says it by itself. */
  @Override
  public synchronized void rejected(String where, CommandReply reply) {
    if (!json) {
      tell(
          where
              + ": rejected, "
              + reply.body().code()
              + ": "
              + Printable.of(reply.body().message()));
    }
  }

  @Override
  public synchronized void failed(String where, String problem, @Nullable Command unanswered) {
    tell(where + ": " + problem);
  }

  private void tell(String line) {
    if (++told <= MAX_SHOWN) {
      err.println(line);
      err.flush();
    }
  }

  synchronized void end() {
    out.flush();
    if (told > MAX_SHOWN) {
      err.println("... and " + (told - MAX_SHOWN) + " more like these");
      err.flush();
    }
  }
}
