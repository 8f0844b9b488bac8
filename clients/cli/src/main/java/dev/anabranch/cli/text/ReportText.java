package dev.anabranch.cli.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.anabranch.cli.verify.VerificationReport;
import java.io.PrintWriter;
import java.util.Locale;

/** A verification report for people and for programs. */
public final class ReportText {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .build();

  private ReportText() {}

  public static String json(VerificationReport report) throws JsonProcessingException {
    return JSON.writeValueAsString(report);
  }

  public static void print(VerificationReport report, PrintWriter out, Style style) {
    var store = report.store();
    out.printf(
        Locale.ROOT,
        "Region %s: %,d rows in %d shards, largest %,d; %,d aggregates%n",
        report.region(),
        store.rows(),
        report.shards(),
        store.largestShard(),
        store.aggregates());
    out.printf(
        Locale.ROOT,
        "  store   %,d accepted, %,d rejected, %,d unchanged%s; %s%n",
        store.commits(),
        store.rejected(),
        store.unchanged(),
        store.others() == 0 ? "" : String.format(Locale.ROOT, ", %,d other", store.others()),
        databases(report));
    var topic = report.topic();
    if (topic != null) {
      out.printf(
          Locale.ROOT,
          "  topic   %,d rows in %,d records, %,d came again, %,d not published%n",
          topic.rows(),
          topic.records(),
          topic.repeats(),
          topic.lag());
      if (topic.expired() > 0) {
        out.printf(
            Locale.ROOT,
            "          begins after %,d rows that have expired; the rest is compared%n",
            topic.expired());
      }
      if (topic.outOfOrder() > 0) {
        out.printf(
            Locale.ROOT,
            "          %,d rows came before the one that they follow; readers wait for it%n",
            topic.outOfOrder());
      }
    }
    printVerdict(report, out, style);
    out.flush();
  }

  private static void printVerdict(VerificationReport report, PrintWriter out, Style style) {
    var seconds = report.duration().toMillis() / 1000.0;
    if (report.clean()) {
      var what = report.topic() == null ? "The store is sound." : "Store and topic are sound.";
      out.printf(Locale.ROOT, "%s (%.1f s)%n", style.good(what), seconds);
      return;
    }
    report
        .problems()
        .forEach(each -> out.println("  " + each.kind().code() + ": " + each.message()));
    var more = report.problemCount() - report.problems().size();
    if (more > 0) {
      out.printf(Locale.ROOT, "  and %,d more%n", more);
    }
    out.printf(
        Locale.ROOT,
        "%s (%.1f s)%n",
        style.bad(
            report.problemCount() == 1
                ? "1 problem."
                : String.format(Locale.ROOT, "%,d problems.", report.problemCount())),
        seconds);
    report
        .problemsByKind()
        .forEach((kind, count) -> out.printf(Locale.ROOT, "  %,8d %s%n", count, kind.code()));
  }

  private static String databases(VerificationReport report) {
    var text = new StringBuilder();
    report
        .store()
        .rowsByDatabase()
        .forEach(
            (name, rows) ->
                text.append(text.isEmpty() ? "" : ", ")
                    .append(String.format(Locale.ROOT, "%,d in %s", rows, name)));
    return text.toString();
  }
}
