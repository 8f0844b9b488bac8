package dev.anabranch.connectors.kafka.source;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a checked source reads, and what it says when that is not what it was.
 *
 * @param connection client properties of the cluster
 * @param groupId whose committed offsets a start without a checkpoint goes on at; null: of none
 * @param otherwise where to begin where there is no position
 * @param where the cluster, in words
 * @param consequence what it means that records are passed over unread, a sentence
 * @param watched further topics of the cluster, which the job writes
 */
public record Reading(
    Properties connection,
    @Nullable String groupId,
    Otherwise otherwise,
    String where,
    String consequence,
    Map<String, Watched> watched)
    implements Serializable {

  /** Where a reader without any position begins. */
  public enum Otherwise {
    EARLIEST,
    LATEST
  }

  /**
   * A topic that the job writes.
   *
   * @param id Kafka's, when the job was submitted
   * @param remedy what to do if it was made anew since
   */
  public record Watched(String id, String remedy) implements Serializable {}

  public Reading {
    watched = Map.copyOf(watched);
  }
}
