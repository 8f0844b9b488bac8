package dev.anabranch.cli.text;

import dev.anabranch.cli.send.SendSummary;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/** What became of many commands, in a few lines. */
public final class SummaryText {

  private SummaryText() {}

  public static void print(SendSummary summary, PrintWriter out, Style style) {
    out.printf(
        Locale.ROOT,
        "sent %,d commands in %.1f s (%,.0f/s)%n",
        summary.sent(),
        summary.duration().toMillis() / 1000.0,
        summary.perSecond());
    out.println("  " + outcomes(summary, style));
    if (summary.maxMicros() > 0) {
      out.println("  " + latency(summary));
    }
    out.flush();
  }

  public static String latency(SendSummary summary) {
    return String.format(
        Locale.ROOT,
        "latency p50 %s, p99 %s, max %s",
        millis(summary.p50Micros()),
        millis(summary.p99Micros()),
        millis(summary.maxMicros()));
  }

  public static String millis(long micros) {
    return String.format(Locale.ROOT, micros < 10_000 ? "%.1f ms" : "%,.0f ms", micros / 1000.0);
  }

  private static String outcomes(SendSummary summary, Style style) {
    var text = new StringBuilder();
    if (summary.acknowledged() > 0) {
      text.append(String.format(Locale.ROOT, "in Kafka %,d, ", summary.acknowledged()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "accepted %,d, rejected %,d%s, unchanged %,d, repeated %,d, ",
            summary.accepted(),
            summary.rejected(),
            reasons(summary),
            summary.unchanged(),
            summary.repeated()));
    var errors = String.format(Locale.ROOT, "errors %,d", summary.errors());
    text.append(summary.errors() == 0 ? errors : style.bad(errors));
    if (summary.badLines() > 0) {
      text.append(
          style.bad(
              String.format(Locale.ROOT, ", lines that are no command %,d", summary.badLines())));
    }
    return text.toString();
  }

  private static String reasons(SendSummary summary) {
    if (summary.rejectionsByCode().isEmpty()) {
      return "";
    }
    return summary.rejectionsByCode().entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", ", " (", ")"));
  }
}
