package dev.anabranch.playground.cluster;

import dev.anabranch.causality.RegionId;

/**
 * What a new cluster is to be; see {@link ClusterSettings}.
 *
 * @param region empty: nobody says, so {@link #REGION}
 */
public record ClusterOptions(
    int databases,
    String mysqlHome,
    int shards,
    int slots,
    int taskManagers,
    boolean application,
    String scheduler,
    boolean highlyAvailable,
    int webPort,
    String region) {

  /** What a region is called if nobody says. */
  public static final String REGION = "local";

  /** A small session cluster with one TaskManager. */
  public static final ClusterOptions SMALL =
      new ClusterOptions(2, "", 64, 2, 1, false, "default", false, 0, "");

  public ClusterOptions {
    require(databases >= 1 && databases <= 8, "--databases must be 1 to 8");
    require(shards >= databases && shards <= 512, "--shards must be --databases to 512");
    if (!region.isEmpty()) {
      requireRegion(region);
    }
    require(slots >= 1 && slots <= 16, "--slots must be 1 to 16");
    require(taskManagers >= 0 && taskManagers <= 16, "--taskmanagers must be 0 to 16");
    require(
        scheduler.equals("default") || scheduler.equals("adaptive") || scheduler.equals("reactive"),
        "--scheduler must be default, adaptive or reactive");
    require(
        !scheduler.equals("reactive") || application,
        "--scheduler reactive needs --application: Flink offers the reactive mode to"
            + " application clusters only; a session cluster has --scheduler adaptive");
  }

  private static void requireRegion(String name) {
    try {
      RegionId.check(name);
    } catch (IllegalArgumentException e) {
      throw new ClusterException("--region: " + e.getMessage());
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new ClusterException(message);
    }
  }
}
