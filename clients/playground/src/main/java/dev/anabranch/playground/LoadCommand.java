package dev.anabranch.playground;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.cli.Region;
import dev.anabranch.cli.RegionCommand;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.client.CommandClient;
import dev.anabranch.playground.load.CheckedLoad;
import dev.anabranch.playground.load.Dialect;
import dev.anabranch.playground.load.LoadReport;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code anabranch load}: sends commands through whatever happens, and checks each answer. */
@Command(
    name = "load",
    description = {
      "Sends commands at a rate and checks every answer: none is missing, none contradicts another.",
      "Each command is sent once and waits five minutes for its answer: one that the region loses"
          + " stays unanswered. It may run while the job is killed, upgraded or rescaled; the longest"
          + " time without an answer is printed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch load --config region.yaml --seconds 60 --rate 500",
      "  anabranch load --config deploy/local/run/region.yaml --domain members"
    })
final class LoadCommand extends RegionCommand {

  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  /** The patience of one attempt with {@code --retry}: longer than a job is usually away. */
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(20);

  private static final int MAX_ATTEMPTS = 100;

  /** What piles up while the job is away, and has to be handled when it is back. */
  private static final int MAX_IN_FLIGHT = 3_000;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long to send, 1 to 86400. Default: 30.")
  private int seconds = 30;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Commands a second, 1 to 100000. Default: 300.")
  private int rate = 300;

  @Option(
      names = "--domain",
      paramLabel = "NAME",
      description = "What to talk to: bank (the default) or members, the standalone example.")
  private String domain = "bank";

  @Option(names = "--seed", paramLabel = "N", description = "Default: the time.")
  private long seed = System.currentTimeMillis();

  @Option(
      names = "--retry",
      description =
          "Sends a command again that has no answer after 20 seconds. Default: each once, so that"
              + " one that the region loses stays unanswered.")
  private boolean retry;

  @Option(names = "--json", description = "Prints the report as one JSON object.")
  private boolean json;

  @Override
  protected int run(Region region) throws Exception {
    if (seconds < 1 || seconds > 86_400 || rate < 1 || rate > 100_000) {
      throw CliException.usage("--seconds must be 1 to 86400, --rate 1 to 100000");
    }
    try (var load = new CheckedLoad(client(region), dialect(), seed, rate)) {
      load.start();
      var unused = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
      var report = load.stop();
      print(report);
      return report.isSound() ? ExitCode.OK : ExitCode.PROBLEMS;
    }
  }

  private Dialect dialect() {
    try {
      return Dialect.named(domain);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
  }

  private CommandClient client(Region region) {
    var kafka = region.kafka();
    return CommandClient.builder()
        .bootstrapServers(kafka.bootstrapServers())
        .properties(kafka.clientProperties())
        .commandsTopic(region.options().commands().topic())
        .replyTopic(region.options().replies().topic())
        .clientId("anabranch-load")
        .attemptTimeout(retry ? ATTEMPT_TIMEOUT : TIMEOUT)
        .timeout(TIMEOUT)
        .maxAttempts(retry ? MAX_ATTEMPTS : 1)
        .maxInFlight(MAX_IN_FLIGHT)
        .blockTimeout(TIMEOUT)
        .build();
  }

  private void print(LoadReport report) throws JsonProcessingException {
    if (json) {
      out().println(json(report));
      out().flush();
      return;
    }
    report.wrong().forEach(line -> out().println(style().bad(line)));
    out()
        .printf(
            Locale.ROOT,
            "%,d commands in %.1f s: %,d accepted, %,d rejected, %,d answered as repeats%n",
            report.sent(),
            report.duration().toMillis() / 1000.0,
            report.accepted(),
            report.rejected(),
            report.repeated());
    out()
        .printf(
            Locale.ROOT,
            "%,d unanswered, %,d wrong, %,d version conflicts%n",
            report.unanswered(),
            report.wrongCount(),
            report.versionConflicts());
    out()
        .printf(
            Locale.ROOT,
            "longest time without an answer: %.2f s, after %.1f s; latency p50 %.1f ms, p99 %.1f ms%n",
            report.longestPause().toMillis() / 1000.0,
            report.pauseAt().toMillis() / 1000.0,
            report.p50Micros() / 1000.0,
            report.p99Micros() / 1000.0);
    out().println(report.isSound() ? style().good("Load passed.") : style().bad("Load FAILED."));
    out().flush();
  }

  private static String json(LoadReport report) throws JsonProcessingException {
    var node = Payload.JSON.createObjectNode();
    node.put("sound", report.isSound());
    node.put("sent", report.sent());
    node.put("accepted", report.accepted());
    node.put("rejected", report.rejected());
    node.put("repeated", report.repeated());
    node.put("versionConflicts", report.versionConflicts());
    node.put("unanswered", report.unanswered());
    node.put("wrong", report.wrongCount());
    report.wrong().forEach(node.putArray("wrongFirst")::add);
    node.put("longestPauseMillis", report.longestPause().toMillis());
    node.put("p50Micros", report.p50Micros());
    node.put("p99Micros", report.p99Micros());
    return Payload.JSON.writeValueAsString(node);
  }
}
