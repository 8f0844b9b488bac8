package dev.anabranch.connectors.kafka.topics;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How {@link TopicCheck} creates topics that are missing.
 *
 * @param commandPartitions of the commands topics: the most tasks that can read commands
 * @param replyPartitions of the reply topic
 * @param deadLetterPartitions of the dead-letter topic
 * @param replicationFactor {@link #BROKER_DEFAULT} or the number of copies
 * @param eventsRetention how long events are kept; null: for ever. Must exceed the longest cut
 *     between regions, and what readers need to start again
 * @param repliesRetention how long replies are kept
 */
public record NewTopics(
    int commandPartitions,
    int replyPartitions,
    int deadLetterPartitions,
    short replicationFactor,
    @Nullable Duration eventsRetention,
    Duration repliesRetention) {

  public static final short BROKER_DEFAULT = -1;

  /**
   * Makes topics with as many partitions of commands as given, four for replies, one for dead
   * letters.
   */
  public static NewTopics withCommandPartitions(int partitions) {
    return new NewTopics(partitions, 4, 1, BROKER_DEFAULT, null, Duration.ofDays(1));
  }
}
