package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.connectors.kafka.topics.NewTopics;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What happens at start to topics that do not exist. */
final class TopicOptions {

  /** A name that Kafka takes. */
  static final String TOPIC = "[a-zA-Z0-9._-]{1,249}";

  static final ValueRule<String> TOPIC_RULE =
      ValueRule.matching(TOPIC, "a topic name, 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'");

  static final JobOption<Boolean> CREATE =
      JobOption.withDefault(
          key("topics.create")
              .booleanType()
              .defaultValue(false)
              .withDescription(
                  "Whether the job creates the topics that are missing when it starts; topics that"
                      + " exist are never changed."),
          ValueRule.trueOrFalse());

  static final JobOption<Integer> COMMANDS_PARTITIONS =
      JobOption.withDefault(
          key("topics.commands-partitions")
              .intType()
              .defaultValue(8)
              .withDescription(
                  "Number of partitions of a commands topic that the job creates: the most tasks that"
                      + " can read from it."),
          ValueRule.between(1, 10_000));

  static final JobOption<Integer> REPLICATION_FACTOR =
      JobOption.optional(
          key("topics.replication-factor")
              .intType()
              .noDefaultValue()
              .withDescription(
                  "Number of copies of each partition of topics that the job creates."),
          ValueRule.between(1, 100),
          "the brokers' default");

  static final List<JobOption<?>> ALL = List.of(CREATE, COMMANDS_PARTITIONS, REPLICATION_FACTOR);

  private TopicOptions() {}

  /** How to create missing topics; empty: a missing topic is an error. */
  static Optional<NewTopics> read(OptionReader reader) {
    var defaults = NewTopics.withCommandPartitions(reader.get(COMMANDS_PARTITIONS));
    var replication = reader.find(REPLICATION_FACTOR);
    var topics =
        new NewTopics(
            defaults.commandPartitions(),
            defaults.replyPartitions(),
            defaults.deadLetterPartitions(),
            replication.map(Integer::shortValue).orElse(NewTopics.BROKER_DEFAULT),
            defaults.eventsRetention(),
            Duration.ofDays(1));
    return reader.get(CREATE) ? Optional.of(topics) : Optional.empty();
  }
}
