package dev.anabranch.playground.cluster;

import dev.anabranch.cli.text.Style;
import dev.anabranch.cli.text.Table;
import java.io.PrintWriter;
import java.util.Optional;

/** What a person wants to see of a cluster. */
public final class ClusterStatus {

  private ClusterStatus() {}

  public static void print(
      ClusterFolder folder, LocalCluster cluster, PrintWriter out, Style style) {
    if (!folder.exists()) {
      out.println("there is no cluster in " + folder.path());
      out.flush();
      return;
    }
    var settings = folder.settings();
    var table = new Table("PROCESS", ">ID", "STATE");
    for (var each : cluster.status()) {
      table.row(each.name(), Long.toString(each.pid()), each.running() ? "runs" : "GONE");
    }
    table.print(out, style);
    out.println();
    out.println("folder    " + folder.path());
    out.println("region    " + folder.regionFile());
    out.println("kafka     " + settings.bootstrapServers());
    out.println("web UI    http://" + settings.webAddress());
    for (var kind : JobKind.inOrderOfStart()) {
      var job = folder.job(kind);
      if (job.isPresent() || kind == JobKind.COMMANDS) {
        var title = kind == JobKind.COMMANDS ? "job" : kind.optionName();
        out.println(title + " ".repeat(Math.max(2, 10 - title.length())) + jobLine(job, settings));
      }
    }
    out.flush();
  }

  /** Whether everything that was started runs, the job too. */
  public static boolean isSound(ClusterFolder folder, LocalCluster cluster) {
    if (!folder.exists()) {
      return false;
    }
    var rest = new FlinkRest(folder.settings().webAddress());
    return cluster.status().stream().allMatch(LocalCluster.Status::running)
        && JobKind.inOrderOfStart().stream()
            .flatMap(kind -> folder.job(kind).stream())
            .filter(job -> !job.id().isEmpty())
            .allMatch(job -> rest.health(job.id()).running());
  }

  /** How many tasks there is room for; 0: the scheduler takes what it finds. */
  public static int slots(ClusterFolder folder) {
    var settings = folder.settings();
    return settings.scheduler().equals("reactive") ? 0 : settings.slots() * settings.taskManagers();
  }

  private static String jobLine(Optional<SubmittedJob> job, ClusterSettings settings) {
    if (job.isEmpty()) {
      return "none yet";
    }
    if (job.get().id().isEmpty()) {
      return "stopped; left " + job.get().startedFrom();
    }
    var health = new FlinkRest(settings.webAddress()).health(job.get().id());
    return job.get().id()
        + "  "
        + health.state()
        + (health.running() ? ", all tasks run" : ", NOT all tasks run")
        + ", parallelism "
        + health.parallelism()
        + ", "
        + health.failures()
        + " failures, "
        + health.completedCheckpoints()
        + " checkpoints";
  }
}
