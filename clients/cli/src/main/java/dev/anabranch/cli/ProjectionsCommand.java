package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.ProjectionText;
import dev.anabranch.cli.text.Table;
import dev.anabranch.connectors.mysql.query.VersionStatus;
import dev.anabranch.query.VersionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anabranch projections}: the tables that follow a region's events. */
@Command(
    name = "projections",
    description = "Looks after the tables that follow a region's events.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ProjectionsCommand.ListAll.class,
      ProjectionsCommand.Status.class,
      ProjectionsCommand.Rebuild.class,
      ProjectionsCommand.Switch.class,
      ProjectionsCommand.Drop.class,
      DeadLettersCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch projections list",
      "  anabranch projections rebuild balances --domain-jar target/bank.jar",
      "  anabranch projections status balances",
      "  anabranch projections switch balances 2",
      "  anabranch projections drop balances 1"
    })
final class ProjectionsCommand implements Runnable {

  private static final int HEADS_AT_ONCE = 500;
  private static final Duration SWITCH_PATIENCE = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "list projections, or which other command?");
    }
  }

  @Command(
      name = "list",
      description = "Every version of every projection, and how far each is behind the log.",
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections list")
  static final class ListAll extends ReadSideCommand {
    @Override
    int run(ReadSide reads) {
      var versions = reads.tables().list();
      var ends = new Ends(reads);
      var table =
          new Table(
              "PROJECTION", ">VERSION", ">REVISION", "READERS", ">BEHIND", ">PARKED", "TABLES");
      for (var version : versions) {
        table.row(
            version.id().projection(),
            "" + version.id().version(),
            "" + version.revision(),
            version.switching() ? "switching" : version.live() ? "yes" : "no",
            "" + ends.here(version).behind(ends.of(version)),
            "" + version.parked(),
            String.join(", ", version.tables()));
      }
      table.print(out(), style());
      versions.forEach(version -> ProjectionText.printLost(version, out()));
      out().flush();
      return ExitCode.OK;
    }
  }

  @Command(
      name = "status",
      description = {
        "How far the versions of a projection are, how fast they go, and when they will be there.",
        "The speed is measured while the command runs."
      },
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections status balances --sample 5")
  static final class Status extends ReadSideCommand {

    @Parameters(index = "0", paramLabel = "PROJECTION", description = "Its name.")
    private String projection = "";

    @Option(
        names = "--sample",
        paramLabel = "SECONDS",
        defaultValue = "1",
        description = "For how long to measure. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Override
    int run(ReadSide reads) {
      var before = new HashMap<VersionId, Long>();
      versions(reads).forEach(version -> before.put(version.id(), version.rows()));
      if (before.isEmpty()) {
        throw CliException.problem(
            "there is no projection "
                + projection
                + "; 'anabranch projections list' shows which there are");
      }
      var start = System.nanoTime();
      LockSupport.parkNanos(Duration.ofSeconds(Math.max(1, Math.min(seconds, 3_600))).toNanos());
      var after = versions(reads);
      var measured = Duration.ofNanos(System.nanoTime() - start);
      var ends = new Ends(reads);
      for (var version : after) {
        ProjectionText.print(
            ends.here(version),
            ends.of(version),
            version.rows() - before.getOrDefault(version.id(), version.rows()),
            measured,
            Instant.now(),
            out());
      }
      return ExitCode.OK;
    }

    private List<VersionStatus> versions(ReadSide reads) {
      return reads.tables().list().stream()
          .filter(version -> version.id().projection().equals(projection))
          .toList();
    }
  }

  @Command(
      name = "rebuild",
      description = {
        "Begins a new version of a projection's tables beside those that readers see. A projection"
            + " job with the same code fills it from the event store, then follows the events; it"
            + " begins within seconds, without a restart.",
        "The first version of a projection is shown to readers at once."
      },
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections rebuild balances --domain-jar target/bank.jar")
  static final class Rebuild extends ReadSideCommand {

    @Parameters(index = "0", paramLabel = "PROJECTION", description = "Its name.")
    private String projection = "";

    @Mixin private DomainOption domain = new DomainOption();

    @Override
    int run(ReadSide reads) {
      var code = domain.projection(projection);
      var version = reads.tables().begin(code);
      out().printf(Locale.ROOT, "Begun: %s, of revision %d.%n", version, code.revision());
      out().printf("Watch it:  anabranch projections status %s%n", projection);
      out()
          .printf(
              Locale.ROOT,
              "Then:      anabranch projections switch %s %d%n",
              projection,
              version.version());
      out().flush();
      return ExitCode.OK;
    }
  }

  @Command(
      name = "switch",
      description = {
        "Shows readers another version of a projection: all of its tables at once.",
        "Refused, unless --force is given, is a version that is behind, that nothing fills, that"
            + " has shards not begun, that stands still since the event store lost rows, or that leaves out more parked rows than the one that readers"
            + " see. A switch that was interrupted is finished by repeating it."
      },
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections switch balances 2")
  static final class Switch extends ReadSideCommand {

    @Parameters(index = "0", paramLabel = "PROJECTION", description = "Its name.")
    private String projection = "";

    @Parameters(index = "1", paramLabel = "VERSION", description = "Number of the version.")
    private int number;

    @Option(
        names = "--max-behind",
        paramLabel = "N",
        defaultValue = "1000",
        description = "Most commits that it may be behind. Default: ${DEFAULT-VALUE}.")
    private long maxBehind;

    @Option(names = "--force", description = "Whatever speaks against it.")
    private boolean force;

    @Override
    int run(ReadSide reads) {
      var version = new VersionId(projection, number);
      if (!force) {
        requireReady(reads, version);
      }
      reads.tables().switchTo(version);
      out().printf("Readers see %s now.%n", version);
      out().flush();
      return ExitCode.OK;
    }

    /** Looks again for a moment: what follows the log is never at its end for long. */
    private void requireReady(ReadSide reads, VersionId version) {
      var all = reads.tables().list();
      var first =
          all.stream()
              .filter(status -> status.id().equals(version))
              .findAny()
              .orElseGet(() -> reads.status(version));
      var live =
          all.stream()
              .filter(status -> status.live() && status.id().projection().equals(projection))
              .findAny();
      var ends = new Ends(reads);
      var check = new SwitchCheck(ends.of(first), ends.topicOf(first), first, live, maxBehind);
      var objection = check.objection(first);
      var deadline = System.nanoTime() + SWITCH_PATIENCE.toNanos();
      while (objection.isPresent()
          && objection.get().mayPass()
          && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        objection = check.objection(reads.status(version));
      }
      if (objection.isPresent()) {
        throw CliException.problem(objection.get().text() + ", or give --force");
      }
    }
  }

  @Command(
      name = "drop",
      description = "Removes a version that readers do not see, with its tables.",
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections drop balances 1")
  static final class Drop extends ReadSideCommand {

    @Parameters(index = "0", paramLabel = "PROJECTION", description = "Its name.")
    private String projection = "";

    @Parameters(index = "1", paramLabel = "VERSION", description = "Number of the version.")
    private int number;

    @Override
    int run(ReadSide reads) {
      var version = new VersionId(projection, number);
      reads.tables().drop(version);
      out().printf("Dropped: %s.%n", version);
      out().flush();
      return ExitCode.OK;
    }
  }

  /** Where what versions follow ends; asked for when it is first needed. */
  private static final class Ends {
    private final ReadSideCommand.ReadSide reads;
    private @Nullable Map<Integer, Long> ofLog;
    private @Nullable Map<Integer, Long> ofViews;
    private String topic = "";

    Ends(ReadSideCommand.ReadSide reads) {
      this.reads = reads;
    }

    /** Next offset by shard, or by partition of the views topic. */
    Map<Integer, Long> of(VersionStatus version) {
      if (version.ofViews()) {
        var known = ofViews == null ? views() : ofViews;
        ofViews = known;
        return known;
      }
      var known = ofLog == null ? log() : ofLog;
      ofLog = known;
      return known;
    }

    /** Id of the topic of views; empty: it follows none, or it is not known. */
    String topicOf(VersionStatus version) {
      of(version);
      return version.ofViews() ? topic : "";
    }

    /** Positions in a topic that was there before count for nothing in the one of now. */
    VersionStatus here(VersionStatus version) {
      return version.in(topicOf(version));
    }

    private Map<Integer, Long> views() {
      var log = reads.options().views();
      var now = log.topic();
      topic = now.id();
      return log.ends(IntStream.range(0, now.partitions()).boxed().toList());
    }

    private Map<Integer, Long> log() {
      var layout = reads.store().layout();
      var ends = new HashMap<Integer, Long>();
      for (var i = 0; i < layout.databases().size(); i++) {
        var database = i;
        var shards =
            new ArrayList<>(
                IntStream.range(0, layout.shardCount())
                    .filter(shard -> layout.databaseOf(shard) == database)
                    .boxed()
                    .toList());
        try (var session = reads.store().open(i)) {
          for (var first = 0; first < shards.size(); first += HEADS_AT_ONCE) {
            var end = Math.min(shards.size(), first + HEADS_AT_ONCE);
            session
                .heads(shards.subList(first, end))
                .forEach((shard, head) -> ends.put(shard, head.offset() + 1));
          }
        }
      }
      return ends;
    }
  }
}
