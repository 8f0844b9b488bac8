package dev.anabranch.playground.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The jobs of a region, in the order in which a new release starts: who reads events, first. */
public enum JobKind {
  PROJECTIONS("dev.anabranch.jobs.ProjectionJob", "-projections"),
  CROSS_REGION("dev.anabranch.jobs.CrossRegionJob", "-cross-region"),
  COMMANDS("dev.anabranch.jobs.CommandJob", "");

  private final String className;
  private final String suffix;

  JobKind(String className, String suffix) {
    this.className = className;
    this.suffix = suffix;
  }

  /**
   * The kind that an option names.
   *
   * @throws ClusterException if there is none of that name
   */
  public static JobKind named(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.optionName().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new ClusterException(
                    "--job must be one of "
                        + Arrays.stream(values())
                            .map(JobKind::optionName)
                            .collect(Collectors.joining(", "))
                        + ", is "
                        + name));
  }

  /** The kinds in the order in which a JobManager that knows no job is to start them. */
  public static List<JobKind> inOrderOfStart() {
    return List.of(COMMANDS, CROSS_REGION, PROJECTIONS);
  }

  /** What {@code --job} calls it. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For messages. */
  String title() {
    return switch (this) {
      case COMMANDS -> "command job";
      case CROSS_REGION -> "cross-region job";
      case PROJECTIONS -> "projection job";
    };
  }

  String className() {
    return className;
  }

  /** The file that records the job that the cluster is to run. */
  String recordFile() {
    return "job" + suffix + ".json";
  }

  /** The file that records the job that the last upgrade replaced, with its savepoint. */
  String previousFile() {
    return "previous-job" + suffix + ".json";
  }

  /** Kinds keep theirs apart: no job starts from what another kind has left. */
  String folder(String name) {
    return name + suffix;
  }
}
