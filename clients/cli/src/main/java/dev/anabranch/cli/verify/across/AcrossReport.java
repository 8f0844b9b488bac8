package dev.anabranch.cli.verify.across;

import java.util.List;

/**
 * What came of the comparison of regions.
 *
 * @param commits replicated commits of the first region
 * @param withheld commits of which some region holds a tombstone only
 * @param views aggregates whose views were compared
 * @param conflicts open conflicts of the first region
 * @param problems the first of them, a line each
 */
public record AcrossReport(
    List<String> regions,
    long aggregates,
    long commits,
    long withheld,
    long views,
    long conflicts,
    List<String> problems,
    long problemCount) {

  public AcrossReport {
    regions = List.copyOf(regions);
    problems = List.copyOf(problems);
  }

  public boolean clean() {
    return problemCount == 0;
  }
}
