package dev.anabranch.playground;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.playground.ClusterCommand.Parts;
import dev.anabranch.playground.cluster.JobKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code anabranch cluster upgrade}: a new release takes over all jobs of the region. */
@Command(
    name = "upgrade",
    description = {
      "Replaces the jobs that run by a new release: stop with a savepoint, start from it, see that"
          + " it gets healthy; if it does not, go back to the old jar and the same savepoint.",
      "Jobs that read events come first: the projection job, the cross-region job, the command job."
          + " A job that does not get healthy ends the upgrade; those before it stay upgraded, as a"
          + " new release reads what an old one writes.",
      "Before anything stops, the stored history is folded with the new code (replay-check); if"
          + " that fails nothing happens. The pause of each job is measured and printed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/cluster upgrade my-application-2.jar",
      "  deploy/local/cluster upgrade anabranch-jobs-job.jar --domain my-domain-2.jar",
      "  deploy/local/cluster upgrade my-application-2.jar --fold-again"
    })
final class UpgradeCommand implements Callable<Integer> {

  @ParentCommand private @Nullable ClusterCommand cluster;

  @Parameters(paramLabel = "JAR", description = "The new release.")
  private @Nullable Path jar;

  @Option(
      names = "--domain",
      paramLabel = "JAR",
      description = "Jar beside it. Default: those of the running job.")
  private @Nullable List<Path> domains;

  @Option(
      names = "--job",
      paramLabel = "KIND",
      description = "This job only: commands, cross-region or projections. Default: all that run.")
  private @Nullable String job;

  @Option(
      names = "--fold-again",
      description =
          "Starts the new release from the store alone, not from the savepoint, so that every state"
              + " is folded from its events: for a state that can't be made from the old state. The"
              + " start reads the whole log.")
  private boolean foldAgain;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = ClusterCommand.DEFAULT_PATIENCE_SECONDS,
      description = "How long it may take to get healthy. Default: 60.")
  private int patience;

  @Option(
      names = "--steady",
      paramLabel = "SECONDS",
      defaultValue = ClusterCommand.DEFAULT_STEADY_SECONDS,
      description =
          "How long it must have run without a failure to be taken for healthy. Default: 5.")
  private int steady;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "0",
      description = "Check the history of N aggregates only. Default: of all.")
  private int sample;

  @Option(names = "--no-check", description = "Leaves the replay-check out.")
  private boolean noCheck;

  @Override
  public Integer call() {
    if (cluster == null || jar == null) {
      throw new IllegalStateException("picocli sets both before it calls");
    }
    return upgrade(cluster, jar);
  }

  private int upgrade(ClusterCommand command, Path release) {
    return command.locked(
        parts -> {
          var kinds = kinds(parts);
          if (!noCheck && !canReplay(command, parts, release)) {
            command.err().println("anabranch: NOT upgraded; the old release goes on, untouched");
            command.err().flush();
            return ExitCode.PROBLEMS;
          }
          for (var kind : kinds) {
            if (kinds.size() > 1) {
              command.say(kind.optionName() + ":");
            }
            if (!upgrade(parts, kind, release)) {
              return ExitCode.PROBLEMS;
            }
          }
          return ExitCode.OK;
        });
  }

  private boolean canReplay(ClusterCommand command, Parts parts, Path release) {
    return new NextRelease(parts.folder(), release, domains)
        .canReplay(foldAgain, sample, command.out(), command.err(), ClusterCommand.style());
  }

  private boolean upgrade(Parts parts, JobKind kind, Path release) {
    var jars = domains == null ? List.<Path>of() : domains;
    return parts
        .upgrade(kind)
        .to(release, jars, foldAgain, Duration.ofSeconds(patience), Duration.ofSeconds(steady))
        .healthy();
  }

  /** Those that are wanted, in the order of {@link JobKind}. */
  private List<JobKind> kinds(Parts parts) {
    if (job != null) {
      return List.of(JobKind.named(job));
    }
    var running =
        List.of(JobKind.values()).stream().filter(kind -> parts.control(kind).isWanted()).toList();
    if (running.isEmpty()) {
      throw CliException.problem("no job runs here; submit one first");
    }
    return running;
  }
}
