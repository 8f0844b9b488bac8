package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.time.Duration;
import java.util.List;

/**
 * Where commands come from.
 *
 * @param start where a job without a checkpoint begins to read
 * @param partitionDiscovery how often it looks for partitions that were added
 */
public record CommandsOptions(
    String topic, String groupId, CommandSource.Start start, Duration partitionDiscovery) {

  static final JobOption<String> TOPIC =
      JobOption.optional(
          key("commands.topic")
              .stringType()
              .noDefaultValue()
              .withDescription("Topic from which the job reads commands."),
          TopicOptions.TOPIC_RULE,
          "`commands.` and the region's name");

  static final JobOption<String> GROUP_ID =
      JobOption.optional(
          key("commands.group-id")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Consumer group to which the job commits how far it has read, for a start without"
                      + " a checkpoint and for monitoring."),
          ValueRule.matching("\\S{1,200}", "1 to 200 characters without spaces"),
          "`anabranch-commands-` and the region's name");

  static final JobOption<CommandSource.Start> START =
      JobOption.withDefault(
          key("commands.start")
              .enumType(CommandSource.Start.class)
              .defaultValue(CommandSource.Start.COMMITTED)
              .withDescription(
                  "Where a job that starts without a checkpoint begins to read: `committed` is where"
                      + " the consumer group stands, or the earliest command if it stands nowhere or"
                      + " the store says that commands were parked; `earliest` reads all commands"
                      + " that the topic still has, and those handled before are answered again."),
          ValueRule.any("committed or earliest"));

  static final JobOption<Duration> PARTITION_DISCOVERY =
      JobOption.withDefault(
          key("commands.partition-discovery")
              .durationType()
              .defaultValue(Duration.ofMinutes(1))
              .withDescription(
                  "How often the job looks for partitions that were added to its topics of commands"
                      + " and of other regions' commits while it runs; they are read from their"
                      + " first record on."),
          ValueRule.between(Duration.ofMillis(100), Duration.ofDays(1)));

  static final List<JobOption<?>> ALL = List.of(TOPIC, GROUP_ID, START, PARTITION_DISCOVERY);

  static CommandsOptions read(OptionReader reader, RegionId region) {
    return new CommandsOptions(
        reader.find(TOPIC).orElse("commands." + region),
        reader.find(GROUP_ID).orElse("anabranch-commands-" + region),
        reader.get(START),
        reader.get(PARTITION_DISCOVERY));
  }
}
