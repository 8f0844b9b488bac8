package dev.anabranch.connectors.kafka;

import java.util.List;

/**
 * What {@link TopicCheck} found, a line each.
 *
 * @param problems what keeps the job from working; each names topic, setting, what was found, what
 *     is needed, and the remedy
 * @param warnings what works at a loss that should be known
 * @param facts partitions and replication of each topic
 * @param created topics that were missing
 * @param deadLetterMaxBytes what the dead-letter topic takes
 */
public record TopicReport(
    List<String> problems,
    List<String> warnings,
    List<String> facts,
    List<String> created,
    int deadLetterMaxBytes) {

  public TopicReport {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
    facts = List.copyOf(facts);
    created = List.copyOf(created);
  }

  /**
   * Returns the report itself if the job can work.
   *
   * @throws IllegalStateException with all problems
   */
  public TopicReport orThrow() {
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "the Kafka topics are not as the job needs them:\n- " + String.join("\n- ", problems));
    }
    return this;
  }
}
