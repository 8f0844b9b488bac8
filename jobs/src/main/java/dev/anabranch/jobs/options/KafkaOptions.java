package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.util.List;
import java.util.Set;

/** How to reach the region's Kafka cluster. */
final class KafkaOptions {

  static final JobOption<String> BOOTSTRAP_SERVERS =
      JobOption.required(
          key("kafka.bootstrap-servers")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Addresses of some brokers of the region's Kafka cluster, with commas between."),
          ValueRule.matching("[^\\s,]+:\\d+(\\s*,\\s*[^\\s,]+:\\d+)*", "host:port,host:port"),
          "kafka:9092");

  /** Stands for any number of keys. */
  static final JobOption<String> PROPERTIES =
      JobOption.optional(
          key("kafka.properties.*")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Further settings of every Kafka client of the job, by Kafka's own names, such as"
                      + " `kafka.properties.security.protocol`."),
          ValueRule.any("what Kafka's documentation says"),
          "none");

  private static final String PROPERTIES_PREFIX = "kafka.properties.";

  /** They have options of their own, or the guarantees rest on them. */
  private static final Set<String> NOT_HERE =
      Set.of(
          "bootstrap.servers",
          "group.id",
          "acks",
          "enable.idempotence",
          "transactional.id",
          "isolation.level",
          "enable.auto.commit",
          "auto.offset.reset");

  static final List<JobOption<?>> ALL = List.of(BOOTSTRAP_SERVERS, PROPERTIES);

  private KafkaOptions() {}

  static KafkaConnection read(OptionReader reader) {
    for (var name : NOT_HERE) {
      if (reader.keysWithPrefix(PROPERTIES_PREFIX).contains(PROPERTIES_PREFIX + name)) {
        reader.refuse(
            PROPERTIES_PREFIX + name,
            "can't be set: it has an option of its own, or the guarantees rest on it; remove it");
      }
    }
    return new KafkaConnection(
        reader.get(BOOTSTRAP_SERVERS), reader.withPrefix(PROPERTIES_PREFIX, ","));
  }
}
