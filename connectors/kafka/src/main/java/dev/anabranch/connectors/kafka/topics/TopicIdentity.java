package dev.anabranch.connectors.kafka.topics;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The ids of topics: one that was deleted and made again has another id. */
public final class TopicIdentity {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private TopicIdentity() {}

  /**
   * Kafka's id of each of these topics that exists, by name.
   *
   * @throws IllegalStateException if the cluster does not say; the message has the remedy
   */
  public static Map<String, String> of(KafkaConnection connection, Collection<String> topics) {
    var ids = new TreeMap<String, String>();
    try (var admin = TopicAdmin.open(connection, TIMEOUT)) {
      for (var topic : topics) {
        admin.describe(topic).flatMap(TopicAdmin::idOf).ifPresent(id -> ids.put(topic, id));
      }
    }
    return ids;
  }
}
