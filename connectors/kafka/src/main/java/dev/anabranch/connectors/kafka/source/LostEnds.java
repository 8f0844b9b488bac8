package dev.anabranch.connectors.kafka.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Finds the partitions that have other records below a position than those that were read: they
 * lost their end, as after an unclean election, and got others.
 *
 * <p>Kafka's consumer asks the leader where the epoch of a position ends, and only it can ask that:
 * the admin client can't. So a consumer is made for the question, and reads nothing.
 *
 * <p><b>Failure.</b> A cluster that does not answer in time is Kafka's {@code TimeoutException}.
 *
 * <p><b>Threads.</b> Blocks the one that calls.
 */
final class LostEnds {

  /** A leader that has no record of the epoch, nor of one before it. */
  static final Divergence UNKNOWN = new Divergence(-1, IdentifiedSplit.NO_EPOCH);

  /**
   * Up to where a partition has the records that were read.
   *
   * @param offset of the first other one; negative: not known
   * @param leaderEpoch of the last one before it
   */
  record Divergence(long offset, int leaderEpoch) {}

  private LostEnds() {}

  /**
   * @param positions with the leader epochs of the last records before them
   */
  static Map<TopicPartition, Divergence> of(
      Properties connection, Map<TopicPartition, OffsetAndMetadata> positions, Duration timeout) {
    var lost = new HashMap<TopicPartition, Divergence>();
    var consumer = consumer(connection);
    try {
      consumer.assign(positions.keySet());
      consumer.pause(positions.keySet());
      // A position is compared only if its leader is known by then.
      consumer.endOffsets(positions.keySet(), timeout);
      positions.forEach(consumer::seek);
      for (var partition : positions.keySet()) {
        while (isOpen(consumer, partition, timeout, lost)) {
          // The answers of other partitions may come first.
        }
      }
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
    return lost;
  }

  private static boolean isOpen(
      KafkaConsumer<?, ?> consumer,
      TopicPartition asked,
      Duration timeout,
      Map<TopicPartition, Divergence> lost) {
    try {
      consumer.position(asked, timeout);
      return false;
    } catch (LogTruncationException e) {
      for (var found : e.offsetOutOfRangePartitions().entrySet()) {
        var partition = found.getKey();
        var diverging = Optional.ofNullable(e.divergentOffsets().get(partition));
        lost.put(partition, diverging.map(LostEnds::divergence).orElse(UNKNOWN));
        // Without an epoch there is nothing to compare: the position stands.
        consumer.seek(partition, found.getValue());
      }
      return true;
    }
  }

  private static Divergence divergence(OffsetAndMetadata found) {
    return new Divergence(found.offset(), found.leaderEpoch().orElse(IdentifiedSplit.NO_EPOCH));
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Properties connection) {
    var properties = new Properties();
    properties.putAll(connection);
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    // Else the consumer moves the position by itself, and says nothing.
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
