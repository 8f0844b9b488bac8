package dev.anabranch.playground.load;

import java.time.Duration;
import java.util.List;

/**
 * The verdict of a load.
 *
 * @param unanswered commands whose outcome never came
 * @param wrong what can't be true, in words; the first ones
 * @param longestPause between two answers that came one after the other
 * @param pauseAt when it began, since the start
 */
public record LoadReport(
    long sent,
    long accepted,
    long rejected,
    long repeated,
    long versionConflicts,
    long unanswered,
    long wrongCount,
    List<String> wrong,
    Duration longestPause,
    Duration pauseAt,
    long p50Micros,
    long p99Micros,
    Duration duration) {

  /** Every command has an answer, and all answers are true together. */
  public boolean isSound() {
    return unanswered == 0 && wrongCount == 0 && versionConflicts == 0;
  }
}
