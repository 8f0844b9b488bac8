package dev.anabranch.benchmarks.projection;

import java.util.List;
import java.util.Map;

/** A run of {@link ProjectionRatesCommand}, as it is written to JSON. */
record ProjectionsResult(
    String label,
    String date,
    String commit,
    String command,
    Map<String, String> machine,
    Map<String, String> database,
    int events,
    double commandsPerSecond,
    List<Round> rounds) {

  /**
   * One round.
   *
   * @param live the job on the topic
   * @param rebuild the job on the event store
   * @param visibleMicros by percentile: from a command's intended time to its row
   */
  record Round(
      ProjectionRuns.Rate rawUpsert,
      ProjectionRuns.Rate live,
      ProjectionRuns.Rate rebuild,
      Map<String, Long> visibleMicros) {

    double liveToRaw() {
      return live.perSecond() / rawUpsert.perSecond();
    }

    double rebuildToLive() {
      return rebuild.perSecond() / live.perSecond();
    }
  }
}
