package dev.anabranch.playground.demo;

import dev.anabranch.cli.text.Style;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * What the demo prints: steps with their time, and a status that on a terminal stays in one line at
 * the bottom.
 *
 * <p><b>Threads.</b> Safe for use by many.
 */
final class DemoScreen {

  private static final int DEFAULT_COLUMNS = 100;

  private final PrintWriter out;
  private final Style style;
  private final int columns;
  private final long start = System.nanoTime();
  private boolean statusShown;

  DemoScreen(PrintWriter out, Style style) {
    this.out = out;
    this.style = style;
    this.columns = columnsOf(System.getenv("COLUMNS"));
  }

  Style style() {
    return style;
  }

  /** Something that has happened. */
  void step(String format, Object... arguments) {
    line(at() + String.format(Locale.ROOT, format, arguments));
  }

  void heading(String text) {
    line("");
    line(style.bold(text));
  }

  synchronized void line(String text) {
    clearStatus();
    out.println(text);
    out.flush();
  }

  /** How things are; replaces the last status on a terminal. */
  synchronized void status(String text) {
    var status = at() + text;
    clearStatus();
    if (style.ansi()) {
      out.print(status.length() < columns ? status : status.substring(0, columns - 1));
      statusShown = true;
    } else {
      out.println(status);
    }
    out.flush();
  }

  /** Runs something that prints by itself. */
  synchronized void print(java.util.function.Consumer<PrintWriter> printer) {
    clearStatus();
    printer.accept(out);
    out.flush();
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private String at() {
    return String.format(Locale.ROOT, "%6.1f s  ", elapsed().toMillis() / 1000.0);
  }

  private void clearStatus() {
    if (statusShown) {
      out.print("\r\u001b[2K");
      statusShown = false;
    }
  }

  private static int columnsOf(@org.jspecify.annotations.Nullable String columns) {
    try {
      return columns == null ? DEFAULT_COLUMNS : Math.max(20, Integer.parseInt(columns.strip()));
    } catch (NumberFormatException e) {
      return DEFAULT_COLUMNS;
    }
  }
}
