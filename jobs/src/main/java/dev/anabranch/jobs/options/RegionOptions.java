package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.model.Shards;
import java.util.List;

/** The region, and what is fixed for ever when it is created. */
public record RegionOptions(RegionId name, int shardCount, int eventsPartitions) {

  static final JobOption<String> NAME =
      JobOption.required(
          key("region.name")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Name of the region that the job works for; stored with everything that originates"
                      + " here, so it can never be changed."),
          ValueRule.matching("[a-z0-9-]{1,16}", "1 to 16 of a-z, 0-9 and -, such as eu-west"),
          "eu-west");

  static final JobOption<Integer> SHARD_COUNT =
      JobOption.withDefault(
          key("region.shard-count")
              .intType()
              .defaultValue(512)
              .withDescription(
                  "Number of shards, fixed when the region is created; it is the job's maximum"
                      + " parallelism as well."),
          ValueRule.between(1, Shards.MAX_SHARDS));

  static final JobOption<Integer> EVENTS_PARTITIONS =
      JobOption.withDefault(
          key("region.events-partitions")
              .intType()
              .defaultValue(8)
              .withDescription(
                  "Number of partitions of the events topic, fixed when the region is created; each"
                      + " carries a range of shards."),
          ValueRule.between(1, Shards.MAX_SHARDS));

  static final List<JobOption<?>> ALL = List.of(NAME, SHARD_COUNT, EVENTS_PARTITIONS);

  static RegionOptions read(OptionReader reader) {
    var region =
        new RegionOptions(
            new RegionId(reader.get(NAME)), reader.get(SHARD_COUNT), reader.get(EVENTS_PARTITIONS));
    reader.require(
        region.eventsPartitions <= region.shardCount,
        EVENTS_PARTITIONS,
        "must not exceed "
            + SHARD_COUNT
            + ", "
            + region.shardCount
            + ": a partition without a shard would stay empty",
        SHARD_COUNT);
    return region;
  }
}
