package dev.anabranch.cli.replay;

import java.util.List;

/**
 * What a new release makes of the history.
 *
 * @param problems the first ones, in words
 * @param problemCount of all aggregates
 */
public record ReplayReport(
    long aggregates, long commits, long problemCount, List<String> problems) {

  public boolean isClean() {
    return problemCount == 0;
  }
}
