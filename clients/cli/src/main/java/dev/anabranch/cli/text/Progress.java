package dev.anabranch.cli.text;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells on stderr how far a long command is: on a terminal in one line that is written over, else
 * in a line now and then. A command that is done soon says nothing.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class Progress {

  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration IN_LOG = Duration.ofSeconds(10);

  private final PrintWriter err;
  private final boolean terminal;
  private final LongSupplier nanoClock;
  private final long start;
  private long nextNanos;
  private int widest;

  public Progress(PrintWriter err, boolean terminal, LongSupplier nanoClock) {
    this.err = err;
    this.terminal = terminal;
    this.nanoClock = nanoClock;
    this.start = nanoClock.getAsLong();
    this.nextNanos = start + FIRST.toNanos();
  }

  /**
   * Shows it, if it is time to.
   *
   * @param total -1: not known
   */
  public void at(String what, long done, long total) {
    var now = nanoClock.getAsLong();
    if (now - nextNanos < 0) {
      return;
    }
    nextNanos = now + (terminal ? ON_TERMINAL : IN_LOG).toNanos();
    var seconds = Math.max(1e-9, (now - start) / 1e9);
    var of =
        total > 0 ? String.format(Locale.ROOT, " of %,d (%d%%)", total, 100 * done / total) : "";
    show(String.format(Locale.ROOT, "%s %,d%s, %,.0f/s", what, done, of, done / seconds));
  }

  /** Leaves the terminal's line as if nothing had been there. */
  public void end() {
    if (terminal && widest > 0) {
      err.print("\r" + " ".repeat(widest) + "\r");
      err.flush();
      widest = 0;
    }
  }

  private void show(String text) {
    if (terminal) {
      widest = Math.max(widest, text.length());
      err.print("\r" + text + " ".repeat(widest - text.length()));
      err.flush();
    } else {
      err.println(text);
    }
  }
}
