package dev.anabranch.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.cli.send.SendSummary;
import dev.anabranch.cli.verify.Problem;
import dev.anabranch.cli.verify.ProblemKind;
import dev.anabranch.cli.verify.VerificationReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTextTest {

  private final StringWriter printed = new StringWriter();

  @Test
  void aCleanReportSaysWhatWasRead() {
    ReportText.print(report(List.of(), 0), new PrintWriter(printed), new Style(false));

    assertThat(printed.toString().lines())
        .containsExactly(
            "Region eu: 1,500 rows in 512 shards, largest 9; 200 aggregates",
            "  store   1,000 accepted, 400 rejected, 100 unchanged; 1,500 in north",
            "  topic   1,500 rows in 1,510 records, 10 came again, 0 not published",
            "Store and topic are sound. (1.5 s)");
  }

  @Test
  void aTopicThatBeginsLaterOrIsOutOfOrderIsSaidToBe() {
    var clean = report(List.of(), 0);
    var topic = new VerificationReport.TopicCounts(900, 900, 0, 0, 600, 2);
    var report =
        new VerificationReport(
            true,
            "eu",
            "s",
            512,
            clean.store(),
            topic,
            0,
            Map.of(),
            List.of(),
            Duration.ofSeconds(1));

    ReportText.print(report, new PrintWriter(printed), new Style(false));

    assertThat(printed.toString())
        .contains("begins after 600 rows that have expired; the rest is compared")
        .contains("2 rows came before the one that they follow; readers wait for it")
        .contains("Store and topic are sound.");
  }

  @Test
  void problemsAreListedCountedAndSummedUp() {
    var gap = new Problem(ProblemKind.OFFSET_GAP, 7, 3, "shard 7 has no rows from offset 3");

    ReportText.print(report(List.of(gap), 12), new PrintWriter(printed), new Style(false));

    assertThat(printed.toString())
        .contains("  offset-gap: shard 7 has no rows from offset 3")
        .contains("  and 11 more")
        .contains("12 problems.");
  }

  @Test
  void theJsonReportHasStableNames() throws JsonProcessingException {
    var gap = new Problem(ProblemKind.OFFSET_GAP, 7, 3, "missing");

    assertThat(ReportText.json(report(List.of(gap), 1)))
        .isEqualTo(
            "{\"clean\":false,\"region\":\"eu\",\"storeId\":\"s\",\"shards\":512,"
                + "\"store\":{\"rows\":1500,\"commits\":1000,\"rejected\":400,\"unchanged\":100,"
                + "\"others\":0,\"aggregates\":200,\"largestShard\":9,"
                + "\"rowsByDatabase\":{\"north\":1500}},"
                + "\"topic\":{\"records\":1510,\"rows\":1500,\"repeats\":10,\"lag\":0,"
                + "\"expired\":0,\"outOfOrder\":0},"
                + "\"problemCount\":1,\"problemsByKind\":{\"offset-gap\":1},"
                + "\"problems\":[{\"kind\":\"offset-gap\",\"shard\":7,\"offset\":3,"
                + "\"message\":\"missing\"}],\"duration\":\"PT1.5S\"}");
  }

  @Test
  void aSummaryHasOneLineForEachQuestion() {
    var summary =
        new SendSummary(
            1_000,
            0,
            880,
            110,
            5,
            3,
            2,
            10,
            Map.of("not-open", 110L),
            4_200,
            40_000,
            81_000,
            Duration.ofSeconds(2));

    SummaryText.print(summary, new PrintWriter(printed), new Style(false));

    assertThat(printed.toString().lines())
        .containsExactly(
            "sent 1,000 commands in 2.0 s (500/s)",
            "  accepted 880, rejected 110 (not-open 110), unchanged 5, repeated 10, errors 3,"
                + " lines that are no command 2",
            "  latency p50 4.2 ms, p99 40 ms, max 81 ms");
  }

  private static VerificationReport report(List<Problem> problems, long count) {
    return new VerificationReport(
        count == 0,
        "eu",
        "s",
        512,
        new VerificationReport.StoreCounts(
            1_500, 1_000, 400, 100, 0, 200, 9, Map.of("north", 1_500L)),
        new VerificationReport.TopicCounts(1_510, 1_500, 10, 0, 0, 0),
        count,
        count == 0 ? Map.of() : Map.of(ProblemKind.OFFSET_GAP, count),
        problems,
        Duration.ofMillis(1_500));
  }
}
