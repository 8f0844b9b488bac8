package dev.anabranch.playground;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.playground.ClusterCommand.Parts;
import dev.anabranch.playground.cluster.JobKind;
import dev.anabranch.playground.cluster.Upgrade;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code anabranch cluster rollback}: back to the release that the last upgrade replaced. */
@Command(
    name = "rollback",
    description = {
      "Goes back to the release that the last upgrade replaced: its jar, and the savepoint that it"
          + " was stopped with. What was stored since is read from the log, and nothing is lost.",
      "Before anything stops, the log is folded with the old code. Aggregates with events that it"
          + " does not know would be parked: their commands get the error `broken` until a release"
          + " runs that knows the events. Their number is said, and nothing happens unless you give"
          + " --park.",
      "The command job goes first, the projection job last: the other order than upgrade's."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/cluster rollback",
      "  deploy/local/cluster rollback --park      # though some aggregates will be parked"
    })
final class RollbackCommand implements Callable<Integer> {

  @ParentCommand private @Nullable ClusterCommand cluster;

  @Option(names = "--park", description = "Goes back though aggregates will be parked.")
  private boolean park;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = ClusterCommand.DEFAULT_PATIENCE_SECONDS,
      description = "How long it may take to get healthy. Default: 60.")
  private int patience;

  @Override
  public Integer call() {
    if (cluster == null) {
      throw new IllegalStateException("picocli sets it before it calls");
    }
    return rollback(cluster);
  }

  private int rollback(ClusterCommand command) {
    return command.locked(
        parts -> {
          var kinds = kinds(parts);
          var parked = parked(command, parts);
          if (parked > 0) {
            command.say(
                String.format(
                    Locale.ROOT,
                    "%,d aggregates would be parked until a release runs that knows their events",
                    parked));
            if (!park) {
              command
                  .err()
                  .println("anabranch: NOT gone back; give --park to go back nevertheless");
              command.err().flush();
              return ExitCode.PROBLEMS;
            }
          }
          for (var kind : kinds) {
            if (kinds.size() > 1) {
              command.say(kind.optionName() + ":");
            }
            var result =
                parts.upgrade(kind).back(parked > 0, Duration.ofSeconds(patience), Duration.ZERO);
            if (!result.healthy()) {
              return ExitCode.PROBLEMS;
            }
          }
          return ExitCode.OK;
        });
  }

  private static long parked(ClusterCommand command, Parts parts) {
    var jars = Upgrade.previousJars(parts.folder());
    if (jars.isEmpty()) {
      return 0; // the command job stays as it is
    }
    return new NextRelease(parts.folder(), jars.get(0), jars.subList(1, jars.size()))
        .unreadable(command.out(), command.err(), ClusterCommand.style());
  }

  /** Those that the last upgrade replaced, the command job first. */
  private static List<JobKind> kinds(Parts parts) {
    var kinds = new ArrayList<JobKind>();
    for (var kind : JobKind.values()) {
      if (parts.control(kind).isWanted() && Upgrade.isPossibleBack(parts.folder(), kind)) {
        kinds.add(kind);
      }
    }
    if (kinds.isEmpty()) {
      throw CliException.problem("there was no upgrade here that could be taken back");
    }
    Collections.reverse(kinds);
    return kinds;
  }
}
