package dev.anabranch.connectors.kafka.source;

import java.util.HashMap;
import java.util.Map;

/**
 * The ids of the topics that a reader reads, for what it emits.
 *
 * <p><b>Threads.</b> The task's.
 */
public final class TopicIds {

  private final Map<String, String> ids = new HashMap<>();

  /** Kafka's id of the topic; empty if it is not known. */
  public String of(String topic) {
    return ids.getOrDefault(topic, "");
  }

  void put(String topic, String id) {
    ids.put(topic, id);
  }

  Map<String, String> all() {
    return Map.copyOf(ids);
  }
}
