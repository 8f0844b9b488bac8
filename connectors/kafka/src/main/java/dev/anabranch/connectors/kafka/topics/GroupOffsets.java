package dev.anabranch.connectors.kafka.topics;

import java.time.Duration;
import java.util.Optional;

/** What a consumer group has committed, for starts that have no checkpoint. */
public final class GroupOffsets {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private GroupOffsets() {}

  /**
   * Sets what a group has committed of a topic back to the topic's first records. May be repeated.
   *
   * @return why that was not possible, with the remedy; empty: it was
   */
  public static Optional<String> rewind(KafkaConnection connection, String group, String topic) {
    try (var admin = TopicAdmin.open(connection, TIMEOUT)) {
      admin.rewind(group, topic);
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
