package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The settings of every producer whose records must not be lost or reordered. */
public final class ProducerSettings {

  /** What the guarantees rest on: not open to configuration. */
  private static final Set<String> FIXED =
      Set.of(
          ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
          ProducerConfig.RETRIES_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);

  /**
   * Longer than most broker outages: a shorter one delays records instead of restarting the job.
   */
  private static final String PATIENCE_MILLIS = "600000";

  private static final int DEFAULT_BUFFER_BYTES = 32 << 20;
  private static final int BATCH_BYTES = 128 << 10;

  private ProducerSettings() {}

  /**
   * Settings of an idempotent producer that keeps order and gives up late.
   *
   * <p><b>Batching.</b> {@code linger.ms} is 0: a record leaves as soon as the last request to its
   * broker is answered, and what is produced meanwhile leaves together in the next. So an idle
   * system answers at once, and a busy one batches without waiting for a clock, the way the group
   * commit does. The batch limit is far above the default of 16 KiB, which would cap just that. A
   * linger of 1 ms saves requests at low rates, and costs each reply and event that millisecond.
   *
   * <p><b>Order.</b> One request in flight, though an idempotent producer promises order with five:
   * a broker that refuses a producer's first batch, as it has only just become the partition's
   * leader, takes the second one, since it knows nothing of the producer yet. The first is then
   * refused until {@code delivery.timeout.ms} ends, and what came after it is there (KAFKA-14359,
   * open in the release we use; brokers of others may be older still).
   *
   * @param overrides further producer properties
   * @param maxRecordBytes largest record, encoded
   * @throws IllegalArgumentException if an override touches what the guarantees rest on
   */
  public static Properties durable(
      KafkaConnection connection, Map<String, String> overrides, int maxRecordBytes) {
    var properties = connection.toProperties();
    properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "0");
    properties.setProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(BATCH_BYTES));
    properties.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    // A producer that knows no broker any more forgets its topics, and blocks.
    properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
    properties.setProperty(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        Long.toString(Math.max(DEFAULT_BUFFER_BYTES, 4L * maxRecordBytes)));
    overrides.forEach(
        (name, value) -> {
          refuseFixed(name);
          properties.setProperty(name, value);
        });
    properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
    properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.setProperty(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    properties.setProperty(ProducerConfig.RETRIES_CONFIG, Integer.toString(Integer.MAX_VALUE));
    properties.setProperty(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(maxRecordBytes));
    return properties;
  }

  private static void refuseFixed(String name) {
    if (FIXED.contains(name)) {
      throw new IllegalArgumentException(
          "producer property "
              + name
              + " can't be set: order and durability rest on it; remove it");
    }
  }
}
