package dev.anabranch.connectors.kafka.topics;

import java.util.List;
import java.util.Map;

/**
 * What {@link TopicCheck} found, a line each.
 *
 * @param problems what keeps the job from working; each names topic, setting, what was found, what
 *     is needed, and the remedy
 * @param warnings what works at a loss that should be known
 * @param facts partitions and replication of each topic
 * @param created topics that were missing
 * @param deadLetterMaxBytes what the dead-letter topic takes
 * @param eventsMaxBytes what the events topic takes; what is stored fits into it
 * @param inboundMaxBytes what the inbound topic takes; 0 if there is none
 * @param ids Kafka's id of each topic, by name; a topic without one is a problem
 */
public record TopicReport(
    List<String> problems,
    List<String> warnings,
    List<String> facts,
    List<String> created,
    int deadLetterMaxBytes,
    int eventsMaxBytes,
    int inboundMaxBytes,
    Map<String, String> ids) {

  public TopicReport {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
    facts = List.copyOf(facts);
    created = List.copyOf(created);
    ids = Map.copyOf(ids);
  }

  /**
   * More than any row may have: what a producer may send to a topic that takes more, or whose
   * settings can't be read. The broker still refuses what is too large for it.
   */
  public static final int MAX_ROW_BYTES = 16 << 20;

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
