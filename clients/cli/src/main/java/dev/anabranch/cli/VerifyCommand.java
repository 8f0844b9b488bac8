package dev.anabranch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Progress;
import dev.anabranch.cli.text.ReportText;
import dev.anabranch.cli.verify.PublishedRows;
import dev.anabranch.cli.verify.TopicNotes;
import dev.anabranch.cli.verify.VerificationReport;
import dev.anabranch.cli.verify.Verifier;
import dev.anabranch.cli.verify.across.Across;
import dev.anabranch.cli.verify.across.AcrossReport;
import dev.anabranch.cli.verify.across.RegionStores;
import dev.anabranch.connectors.kafka.reader.ViewTopicReader;
import dev.anabranch.connectors.kafka.topics.TopicIdentity;
import dev.anabranch.connectors.mysql.conflict.ConflictTable;
import dev.anabranch.connectors.mysql.log.RegionTopics;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.store.EventStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code anabranch verify}: does the region hold what the guarantees say? */
@Command(
    name = "verify",
    description = {
      "Checks the whole store, and the events topic against it.",
      "Offsets 0..n of each shard without gap, versions 1..n of each aggregate, one outcome for each"
          + " command, dots and columns of each row, each commit behind what it depends on, each row"
          + " in the shard of its key; and the topic, as its readers see it, equal to the store, byte"
          + " for byte.",
      "It may run beside the job. Memory holds one shard's aggregates and commands at a time (about"
          + " 200 and 32 bytes each) and half a byte for each row of the topic."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch verify --config region.yaml",
      "  anabranch verify --json --allow-lag",
      "  anabranch verify --store-only",
      "  anabranch verify --across a.yaml,b.yaml"
    })
final class VerifyCommand extends RegionCommand {

  private static final int MAX_CONFLICTS = 100_000;

  @Option(
      names = "--allow-lag",
      description =
          "Rows at the end of a shard may be unpublished, as they are while the job is down, or"
              + " until the next checkpoint with events.delivery: exactly-once.")
  private boolean allowLag;

  @Option(names = "--store-only", description = "Leaves out the events topic.")
  private boolean storeOnly;

  @Option(names = "--json", description = "Prints the report as one JSON object.")
  private boolean json;

  @Option(
      names = "--across",
      paramLabel = "FILE",
      split = ",",
      description =
          "Compares the regions of these configurations instead: the same commits in every store,"
              + " byte for byte, the same views, the same open conflicts. --config is not needed.")
  private List<Path> across = List.of();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description =
          "With --across: how long what is on its way between the regions may take. Default: 30.")
  private int waitSeconds = 30;

  @Override
  public Integer call() throws Exception {
    if (across.isEmpty()) {
      refuse("is for --across", "--wait");
      return super.call();
    }
    refuse("checks one region, not --across several", "--store-only", "--allow-lag");
    if (root().hasRegionOptions()) {
      throw CliException.usage("--region and -D are for one region, not for --across several");
    }
    return compare();
  }

  @Override
  protected int run(Region region) throws JsonProcessingException {
    var progress = new Progress(err(), style().ansi(), System::nanoTime);
    VerificationReport report;
    try (var store = region.openStore()) {
      report =
          new Verifier(
                  store,
                  topic(region, store),
                  allowLag,
                  (phase, done, total) ->
                      progress.at(
                          "read " + phase.name().toLowerCase(Locale.ROOT) + ":", done, total))
              .run();
    } finally {
      progress.end();
    }
    if (!storeOnly) {
      topicNotes(region).forEach(note -> err().println("Note: " + note + "."));
      err().flush();
    }
    if (json) {
      out().println(ReportText.json(report));
    } else {
      ReportText.print(report, out(), style());
    }
    out().flush();
    return report.clean() ? ExitCode.OK : ExitCode.PROBLEMS;
  }

  private int compare() throws JsonProcessingException {
    if (across.size() < 2) {
      throw CliException.usage("--across needs two files or more, with commas between");
    }
    refuseOneTwice();
    var progress = new Progress(err(), style().ansi(), System::nanoTime);
    var regions = new ArrayList<RegionStores>();
    AcrossReport report;
    try {
      for (var file : across) {
        regions.add(stores(file));
      }
      RegionStores.namedTwice(regions)
          .ifPresent(
              problem -> {
                throw CliException.usage("--across: " + problem);
              });
      report =
          new Across(
                  regions,
                  Duration.ofSeconds(waitSeconds),
                  (phase, done, total) -> progress.at("read rows:", done, total))
              .run();
    } finally {
      regions.forEach(region -> region.store().close());
      progress.end();
    }
    if (json) {
      out().println(Payload.JSON.writeValueAsString(Payload.JSON.valueToTree(report)));
    } else {
      print(report);
    }
    out().flush();
    return report.clean() ? ExitCode.OK : ExitCode.PROBLEMS;
  }

  /** Before anything is connected to: a region that is compared with itself is always the same. */
  private void refuseOneTwice() {
    var byName = new HashMap<String, Path>();
    for (var file : across) {
      var name = Region.of("--config", file.toString()).name();
      var other = byName.putIfAbsent(name, file);
      if (other != null) {
        throw CliException.usage(
            "--across: %s and %s are configurations of one region, %s: give each region once"
                .formatted(other, file, name));
      }
    }
  }

  private void print(AcrossReport report) {
    out()
        .printf(
            Locale.ROOT,
            "%s: %,d aggregates, %,d commits, %,d withheld by filters, %,d views, %,d open"
                + " conflicts%n",
            String.join(", ", report.regions()),
            report.aggregates(),
            report.commits(),
            report.withheld(),
            report.views(),
            report.conflicts());
    report.problems().forEach(problem -> out().println("  " + problem));
    out()
        .println(
            report.clean()
                ? "The regions hold the same."
                : "The regions differ: " + report.problemCount() + " problems.");
  }

  private static RegionStores stores(Path file) {
    var region = Region.of("--config", file.toString());
    var topics = CrossRegionJobOptions.fromArgs("--config", file.toString()).topics();
    var kafka = region.kafka();
    return new RegionStores(
        region.name(),
        region.openStore(),
        apply -> {
          var malformed = new ViewTopicReader(kafka, topics.views()).read(apply);
          if (malformed > 0) {
            throw CliException.problem(
                topics.views() + " has " + malformed + " records that are no views");
          }
        },
        () ->
            ConflictTable.list(region.options().store().config(), true, MAX_CONFLICTS).stream()
                .map(ConflictTable.Row::record)
                .toList());
  }

  private static List<String> topicNotes(Region region) {
    var noted = new RegionTopics(region.options().store().config()).read().topics();
    return TopicNotes.of(noted, TopicIdentity.of(region.kafka(), noted.keySet()));
  }

  private @Nullable PublishedRows topic(Region region, EventStore store) {
    return storeOnly ? null : region.eventTopic(store)::read;
  }
}
