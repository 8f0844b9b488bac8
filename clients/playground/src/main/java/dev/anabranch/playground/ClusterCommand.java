package dev.anabranch.playground;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Style;
import dev.anabranch.embedded.PlainPath;
import dev.anabranch.playground.cluster.ClusterException;
import dev.anabranch.playground.cluster.ClusterFolder;
import dev.anabranch.playground.cluster.ClusterOptions;
import dev.anabranch.playground.cluster.ClusterStatus;
import dev.anabranch.playground.cluster.JobControl;
import dev.anabranch.playground.cluster.JobKind;
import dev.anabranch.playground.cluster.LocalCluster;
import dev.anabranch.playground.cluster.Upgrade;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code anabranch cluster}: a region and a Flink cluster of several processes, on this machine.
 */
@Command(
    name = "cluster",
    description = {
      "Runs a region and a Flink cluster on this machine: a Kafka broker, databases, a JobManager"
          + " and TaskManagers, each a process of its own, all from Maven's jars.",
      "Everything is in one folder, the processes' ids too; `down` ends them and nothing else. Jobs"
          + " are submitted with Flink's own command line, as on any Flink cluster."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/cluster up --taskmanagers 2",
      "  deploy/local/cluster submit app.jar",
      "  deploy/anabranch load --config deploy/local/run/region.yaml --seconds 60 &",
      "  deploy/local/cluster upgrade app-2.jar",
      "  deploy/local/cluster down"
    },
    subcommands = {UpgradeCommand.class, RollbackCommand.class})
final class ClusterCommand implements Runnable {

  static final String DEFAULT_PATIENCE_SECONDS = "60";
  private static final Duration DEFAULT_PATIENCE =
      Duration.ofSeconds(Long.parseLong(DEFAULT_PATIENCE_SECONDS));
  static final String DEFAULT_STEADY_SECONDS = "5";
  private static final String JOB =
      "Which job of the region: commands (the default), cross-region or projections.";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:ANABRANCH_CLUSTER:-${sys:anabranch.cluster.folder}}",
      description =
          "Where the cluster is; another folder is another cluster. Default: the variable"
              + " ANABRANCH_CLUSTER, else deploy/local/run.")
  private @Nullable Path folder;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec().commandLine(), "Which command?");
  }

  @Command(
      name = "up",
      description = {
        "Starts what does not run, and the job again if the JobManager has lost it.",
        "A cluster that exists keeps its settings and ports; of the options only --taskmanagers"
            + " counts then. --region names the region of a new cluster; default: local."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  deploy/local/cluster up",
        "  deploy/local/cluster up --taskmanagers 2 --slots 1 --web-port 8081",
        "  deploy/local/cluster up --application --scheduler reactive",
        "  deploy/local/cluster up --ha",
        "  deploy/local/cluster up --region us --folder /tmp/us"
      })
  int up(
      @Option(
              names = "--taskmanagers",
              paramLabel = "N",
              defaultValue = "0",
              description = "How many. Default: 1, or as many as before.")
          int taskManagers,
      @Option(
              names = "--slots",
              paramLabel = "N",
              defaultValue = "2",
              description = "Of each TaskManager. Default: 2.")
          int slots,
      @Option(
              names = "--databases",
              paramLabel = "N",
              defaultValue = "2",
              description = "How many. Default: 2.")
          int databases,
      @Option(
              names = "--shards",
              paramLabel = "N",
              defaultValue = "64",
              description = "Of the region. Default: 64.")
          int shards,
      @Option(
              names = "--mysql",
              paramLabel = "DIR",
              description =
                  "Real MySQL instead of MariaDB, from the folder that"
                      + " deploy/mysql/fetch-mysql.sh filled.")
          @Nullable Path mysql,
      @Option(
              names = "--application",
              description = "Application Mode: `submit` starts a JobManager for its one job.")
          boolean application,
      @Option(
              names = "--scheduler",
              paramLabel = "KIND",
              defaultValue = "default",
              description = "default, adaptive, or reactive (needs --application).")
          String scheduler,
      @Option(
              names = "--ha",
              description =
                  "High availability with ZooKeeper, also from Flink's jars: a JobManager that"
                      + " starts again finds its job by itself.")
          boolean highlyAvailable,
      @Option(
              names = "--web-port",
              paramLabel = "PORT",
              defaultValue = "0",
              description = "Of Flink's web UI. Default: a free one.")
          int webPort) {
    requirePlainFolder();
    return locked(
        parts -> {
          var options =
              new ClusterOptions(
                  databases,
                  mysql == null ? "" : mysql.toAbsolutePath().toString(),
                  shards,
                  slots,
                  taskManagers == 0 ? 1 : taskManagers,
                  application,
                  scheduler,
                  highlyAvailable,
                  webPort,
                  root().regionName());
          parts.cluster().up(options, taskManagers);
          for (var kind : JobKind.inOrderOfStart()) {
            parts.control(kind).recover(DEFAULT_PATIENCE);
          }
          ClusterStatus.print(parts.folder(), parts.cluster(), out(), style());
          return ExitCode.OK;
        });
  }

  @Command(
      name = "submit",
      description = {
        "Submits a job with `flink run`, and waits until it is healthy: the command job, or another"
            + " job of the region from the same jar.",
        "The projection job fills the tables of the jar's read models in the database that `query:`"
            + " of region.yaml names. The cross-region job needs `regions:` and `peers:` there."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  deploy/local/cluster submit my-application.jar",
        "  deploy/local/cluster submit my-application.jar --job projections",
        "  deploy/local/cluster submit anabranch-jobs-job.jar --domain my-domain.jar",
        "  deploy/local/cluster submit my-application.jar --from none"
      })
  int submit(
      @Parameters(paramLabel = "JAR", description = "The job: yours, or anabranch-jobs-…-job.jar.")
          Path jar,
      @Option(
              names = "--domain",
              paramLabel = "JAR",
              description = "Jar beside it, on the job's class path; may be given several times.")
          @Nullable List<Path> domains,
      @Option(
              names = {"-p", "--parallelism"},
              paramLabel = "N",
              defaultValue = "0",
              description =
                  "Default: of the command job all slots that no other job has, of others 1.")
          int parallelism,
      @Option(names = "--job", paramLabel = "KIND", defaultValue = "commands", description = JOB)
          String job,
      @Option(
              names = "--from",
              paramLabel = "PLACE",
              defaultValue = "latest",
              description =
                  "A savepoint's or checkpoint's folder, `none` (the store only), or `latest`"
                      + " of what earlier jobs of the kind left here, the default.")
          String from,
      @Option(
              names = "--patience",
              paramLabel = "SECONDS",
              defaultValue = DEFAULT_PATIENCE_SECONDS,
              description = "How long it may take to get healthy. Default: 60.")
          int patience) {
    return locked(
        parts -> {
          var control = parts.control(JobKind.named(job));
          var slots = ClusterStatus.slots(parts.folder());
          control.submit(
              jar,
              domains == null ? List.of() : domains,
              parallelism == 0 ? control.parallelism(slots) : parallelism,
              from,
              Duration.ofSeconds(patience));
          return ExitCode.OK;
        });
  }

  @Command(name = "status", description = "Shows the processes, the job, and the addresses.")
  int status() {
    var parts = parts();
    ClusterStatus.print(parts.folder(), parts.cluster(), out(), style());
    return ClusterStatus.isSound(parts.folder(), parts.cluster()) ? ExitCode.OK : ExitCode.PROBLEMS;
  }

  @Command(name = "savepoint", description = "Takes a savepoint; the job goes on.")
  int savepoint(
      @Option(names = "--job", paramLabel = "KIND", defaultValue = "commands", description = JOB)
          String job) {
    return locked(
        parts -> {
          parts.control(JobKind.named(job)).savepoint();
          return ExitCode.OK;
        });
  }

  @Command(
      name = "stop",
      description = "Stops the job with a savepoint; `submit` starts from it by default.")
  int stop(
      @Option(names = "--job", paramLabel = "KIND", defaultValue = "commands", description = JOB)
          String job) {
    return locked(
        parts -> {
          say("stopped with savepoint " + parts.control(JobKind.named(job)).stop());
          return ExitCode.OK;
        });
  }

  @Command(name = "cancel", description = "Cancels the job without a savepoint.")
  int cancel(
      @Option(names = "--job", paramLabel = "KIND", defaultValue = "commands", description = JOB)
          String job) {
    return locked(
        parts -> {
          parts.control(JobKind.named(job)).cancel();
          say("cancelled");
          return ExitCode.OK;
        });
  }

  @Command(
      name = "rescale",
      description = {
        "Another number of TaskManagers, and another parallelism of the command job.",
        "With the default scheduler by a savepoint; with the adaptive one Flink does it in place."
      })
  int rescale(
      @Option(
              names = "--taskmanagers",
              paramLabel = "N",
              required = true,
              description = "How many there are to be.")
          int taskManagers,
      @Option(
              names = {"-p", "--parallelism"},
              paramLabel = "N",
              defaultValue = "0",
              description = "Default: all slots that no other job has.")
          int parallelism,
      @Option(
              names = "--patience",
              paramLabel = "SECONDS",
              defaultValue = DEFAULT_PATIENCE_SECONDS,
              description = "How long it may take. Default: 60.")
          int patience) {
    return locked(
        parts ->
            parts
                    .upgrade(JobKind.COMMANDS)
                    .rescale(taskManagers, parallelism, Duration.ofSeconds(patience))
                    .healthy()
                ? ExitCode.OK
                : ExitCode.PROBLEMS);
  }

  @Command(name = "kill", description = "Kills one process with SIGKILL; `up` starts it again.")
  int kill(
      @Parameters(
              paramLabel = "NAME",
              description = "jobmanager, taskmanager-1, kafka, db0, …; see status.")
          String name) {
    return locked(
        parts -> {
          parts.cluster().kill(name);
          return ExitCode.OK;
        });
  }

  @Command(name = "logs", description = "Prints what a process has written.")
  int logs(
      @Parameters(paramLabel = "NAME", description = "jobmanager, taskmanager-1, kafka, db0, …")
          String name,
      @Option(
              names = "--lines",
              paramLabel = "N",
              defaultValue = "200",
              description = "From the end. Default: 200.")
          int lines)
      throws IOException {
    var log = parts().folder().log(name);
    if (!Files.exists(log)) {
      throw CliException.usage("there is no " + log + "; see status for the names");
    }
    var all = Files.readString(log).lines().toList();
    all.subList(Math.max(0, all.size() - lines), all.size()).forEach(out()::println);
    out().flush();
    return ExitCode.OK;
  }

  @Command(
      name = "down",
      description = "Ends all processes of the cluster, and deletes its folder.")
  int down(
      @Option(names = "--keep", description = "Keeps the files; `up` takes them up again.")
          boolean keep) {
    if (!folder().exists()) {
      say("there is no cluster in " + folder().path());
      return ExitCode.OK;
    }
    return locked(
        parts -> {
          parts.cluster().down(keep);
          return ExitCode.OK;
        });
  }

  /** What works on one cluster. */
  record Parts(ClusterFolder folder, LocalCluster cluster, Consumer<String> say) {

    JobControl control(JobKind kind) {
      return new JobControl(folder, cluster, kind, say);
    }

    Upgrade upgrade(JobKind kind) {
      return new Upgrade(folder, cluster, control(kind), say);
    }
  }

  /** What a command does. */
  interface Work {
    int run(Parts parts);
  }

  int locked(Work work) {
    if (root().hasSettings()) {
      throw CliException.usage(
          "-D goes into region.yaml of the cluster's folder, which its jobs read; leave it out");
    }
    var parts = parts();
    try (var unused = parts.folder().lock()) {
      return work.run(parts);
    } catch (ClusterException e) {
      throw CliException.problem(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot unlock " + parts.folder().path(), e);
    }
  }

  private Parts parts() {
    return new Parts(folder(), new LocalCluster(folder(), this::say), this::say);
  }

  private ClusterFolder folder() {
    if (folder == null) {
      throw CliException.usage("name the cluster's folder with --folder");
    }
    return new ClusterFolder(folder);
  }

  /** Before anything is made in it, or beside it. */
  private void requirePlainFolder() {
    try {
      PlainPath.require(
          folder().path(),
          "the cluster's folder",
          "Name another one with --folder or ANABRANCH_CLUSTER.");
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
  }

  void say(String line) {
    out().println(line);
    out().flush();
  }

  private Anabranch root() {
    if (spec().root().userObject() instanceof Anabranch root) {
      return root;
    }
    throw new IllegalStateException("cluster is a command of anabranch");
  }

  PrintWriter out() {
    return spec().commandLine().getOut();
  }

  PrintWriter err() {
    return spec().commandLine().getErr();
  }

  static Style style() {
    return new Style(Ansi.AUTO.enabled());
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it before it calls");
    }
    return spec;
  }
}
