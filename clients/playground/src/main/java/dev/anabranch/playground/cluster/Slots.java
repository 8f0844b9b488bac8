package dev.anabranch.playground.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** How many tasks a job of the cluster may have: there are slots, shards, and other jobs. */
final class Slots {

  /** Those of a job that has just ended come back in a moment. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ClusterFolder folder;
  private final JobKind kind;

  Slots(ClusterFolder folder, JobKind kind) {
    this.folder = folder;
    this.kind = kind;
  }

  /**
   * How many tasks the job gets if nobody says: the command job all that others leave, another job
   * one.
   *
   * @param slots of the cluster; 0: as many tasks as there is room for
   */
  int parallelism(int slots) {
    if (kind != JobKind.COMMANDS) {
      return 1;
    }
    return slots == 0 ? 0 : Math.max(1, Math.min(slots - ofOthers(), folder.settings().shards()));
  }

  /**
   * Refuses what Flink would let wait for slots that nobody starts, and what the job would refuse
   * in words that nobody typed.
   *
   * @throws ClusterException with the remedy
   */
  void require(int parallelism, FlinkRest rest) {
    var settings = folder.settings();
    if (settings.application()) {
      if (kind != JobKind.COMMANDS) {
        throw new ClusterException(
            "in Application Mode a cluster has one job, the command job; start a cluster without"
                + " --application for the "
                + kind.title());
      }
      return;
    }
    if (kind == JobKind.COMMANDS && parallelism > settings.shards()) {
      throw new ClusterException(
          String.format(
              Locale.ROOT,
              "-p %d is more than the region's %d shards, and a shard has one task; give -p %d at"
                  + " most",
              parallelism,
              settings.shards(),
              settings.shards()));
    }
    if (!Waiting.until(PATIENCE, () -> rest.freeSlots() >= parallelism)) {
      throw new ClusterException(
          String.format(
              Locale.ROOT,
              "the %s with -p %d needs %d slots, and %d of the cluster's are free; give a smaller"
                  + " -p, or add a TaskManager with `cluster up --taskmanagers %d`",
              kind.title(),
              parallelism,
              parallelism,
              rest.freeSlots(),
              settings.taskManagers() + 1));
    }
  }

  /** How many the other jobs of the cluster have. */
  int ofOthers() {
    return Arrays.stream(JobKind.values())
        .filter(other -> other != kind)
        .flatMap(other -> folder.job(other).stream())
        .filter(job -> !job.id().isEmpty())
        .mapToInt(SubmittedJob::parallelism)
        .sum();
  }
}
