package dev.anabranch.playground.cluster;

import java.util.List;

/** Flink's own command line: ends when the program does. */
@FunctionalInterface
interface FlinkCli {

  /**
   * @throws ClusterException if it can't be run, or does not end in time; what it asked for may
   *     have been done all the same
   */
  FlinkPrograms.Output run(List<String> arguments);
}
