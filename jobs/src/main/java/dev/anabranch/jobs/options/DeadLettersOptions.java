package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.MemorySize;

/**
 * Where records go that could not be handled.
 *
 * @param maxBytes empty: what the topic takes
 */
public record DeadLettersOptions(String topic, Optional<Integer> maxBytes) {

  static final JobOption<String> TOPIC =
      JobOption.optional(
          key("dead-letters.topic")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Topic for records that could not be handled, with the reason and as they came."),
          TopicOptions.TOPIC_RULE,
          "`dead-letters.` and the region's name");

  static final JobOption<MemorySize> MAX_BYTES =
      JobOption.optional(
          key("dead-letters.max-bytes")
              .memoryType()
              .noDefaultValue()
              .withDescription(
                  "Limit of a dead letter as a Kafka record; a larger one is cut and says so."),
          ValueRule.between(MemorySize.parse("16 kb"), MemorySize.parse("64 mb")),
          "what the topic takes, at most the limit of commands and 64 KiB");

  static final List<JobOption<?>> ALL = List.of(TOPIC, MAX_BYTES);

  static DeadLettersOptions read(OptionReader reader, RegionId region) {
    return new DeadLettersOptions(
        reader.find(TOPIC).orElse("dead-letters." + region),
        reader.find(MAX_BYTES).map(size -> (int) size.getBytes()));
  }
}
