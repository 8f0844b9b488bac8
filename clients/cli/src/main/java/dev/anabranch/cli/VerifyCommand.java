package dev.anabranch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.cli.text.Progress;
import dev.anabranch.cli.text.ReportText;
import dev.anabranch.cli.verify.PublishedLog;
import dev.anabranch.cli.verify.VerificationReport;
import dev.anabranch.cli.verify.Verifier;
import dev.anabranch.store.EventStore;
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
          + " command, dots and columns of each row, each row in the shard of its key; and the topic,"
          + " as its readers see it, equal to the store, byte for byte.",
      "It may run beside the job. Memory holds one shard's aggregates and commands at a time (about"
          + " 200 and 32 bytes each) and half a byte for each row of the topic."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch verify --config region.yaml",
      "  anabranch verify --json --allow-lag",
      "  anabranch verify --store-only"
    })
final class VerifyCommand extends RegionCommand {

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

  @Override
  int run(Region region) throws JsonProcessingException {
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
    if (json) {
      out().println(ReportText.json(report));
    } else {
      ReportText.print(report, out(), style());
    }
    out().flush();
    return report.clean() ? ExitCode.OK : ExitCode.PROBLEMS;
  }

  private @Nullable PublishedLog topic(Region region, EventStore store) {
    return storeOnly ? null : region.eventTopic(store.layout())::read;
  }
}
