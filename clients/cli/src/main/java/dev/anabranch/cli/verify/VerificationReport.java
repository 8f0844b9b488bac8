package dev.anabranch.cli.verify;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a verification.
 *
 * @param problemCount all of them
 * @param problems the first of them
 */
public record VerificationReport(
    boolean clean,
    String region,
    String storeId,
    int shards,
    StoreCounts store,
    @Nullable TopicCounts topic,
    long problemCount,
    Map<ProblemKind, Long> problemsByKind,
    List<Problem> problems,
    Duration duration) {

  public VerificationReport {
    problems = List.copyOf(problems);
  }

  /**
   * What the store holds.
   *
   * @param others tombstones, resolutions, moves
   * @param rowsByDatabase names and rows of the physical databases
   */
  public record StoreCounts(
      long rows,
      long commits,
      long rejected,
      long unchanged,
      long others,
      long aggregates,
      long largestShard,
      Map<String, Long> rowsByDatabase) {}

  /**
   * What the topic holds.
   *
   * @param repeats records that came again
   * @param lag rows of the store that it lacks at the end of their shards
   * @param expired rows that it no longer has at the beginning of their shards; not compared
   * @param outOfOrder rows that came before the row which they follow; readers hold them until then
   */
  public record TopicCounts(
      long records, long rows, long repeats, long lag, long expired, long outOfOrder) {}
}
