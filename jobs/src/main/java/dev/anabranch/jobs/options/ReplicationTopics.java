package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.util.List;
import org.apache.flink.configuration.MemorySize;

/** The topics of its own region that the cross-region job writes. */
public record ReplicationTopics(
    String inbound,
    int inboundMaxBytes,
    String views,
    String conflicts,
    int viewsMaxBytes,
    String republish) {

  static final JobOption<MemorySize> INBOUND_MAX_BYTES =
      JobOption.withDefault(
          key("inbound.max-bytes")
              .memoryType()
              .defaultValue(MemorySize.ofMebiBytes(1))
              .withDescription(
                  "Limit of a record for the command job: `commit.max-bytes` of any region, and 1"
                      + " kb more. A larger commit of another region would stop the job."),
          ValueRule.between(MemorySize.parse("16 kb"), MemorySize.parse("9 mb")));

  static final JobOption<String> VIEWS_TOPIC =
      JobOption.optional(
          key("views.topic")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Topic of the aggregates as they are, merged and resolved, the latest of each; it"
                      + " is to be compacted."),
          TopicOptions.TOPIC_RULE,
          "`views.` and the region's name");

  static final JobOption<MemorySize> VIEWS_MAX_BYTES =
      JobOption.withDefault(
          key("views.max-bytes")
              .memoryType()
              .defaultValue(new MemorySize(921_600))
              .withDescription(
                  "Limit of a view or a conflict as a Kafka record; a larger one is written without"
                      + " its states, and says so."),
          ValueRule.between(MemorySize.parse("16 kb"), MemorySize.parse("64 mb")));

  static final JobOption<String> CONFLICTS_TOPIC =
      JobOption.optional(
          key("conflicts.topic")
              .stringType()
              .noDefaultValue()
              .withDescription("Topic of what became of each conflict."),
          TopicOptions.TOPIC_RULE,
          "`conflicts.` and the region's name");

  static final JobOption<String> REPUBLISH_TOPIC =
      JobOption.optional(
          key("republish.topic")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Topic in which this region asks those that read from it to publish commits again"
                      + " that it misses; one partition."),
          TopicOptions.TOPIC_RULE,
          "`republish.` and the region's name");

  static final List<JobOption<?>> ALL =
      List.of(
          RegionsOptions.INBOUND_TOPIC,
          INBOUND_MAX_BYTES,
          VIEWS_TOPIC,
          VIEWS_MAX_BYTES,
          CONFLICTS_TOPIC,
          REPUBLISH_TOPIC);

  static ReplicationTopics read(OptionReader reader, RegionId region) {
    return new ReplicationTopics(
        reader.find(RegionsOptions.INBOUND_TOPIC).orElse("inbound." + region),
        (int) reader.get(INBOUND_MAX_BYTES).getBytes(),
        reader.find(VIEWS_TOPIC).orElse("views." + region),
        reader.find(CONFLICTS_TOPIC).orElse("conflicts." + region),
        (int) reader.get(VIEWS_MAX_BYTES).getBytes(),
        reader.find(REPUBLISH_TOPIC).orElse("republish." + region));
  }
}
