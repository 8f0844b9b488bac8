package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.ValueRule;
import java.util.List;

/** Options of merging aggregates. */
final class MergeOptions {

  static final JobOption<Integer> CACHE_SIZE =
      JobOption.withDefault(
          key("merge.cache-size")
              .intType()
              .defaultValue(10_000)
              .withDescription(
                  "Number of aggregates that each subtask keeps decoded on the heap, with 24 entries"
                      + " each on average at most; others are read from RocksDB when their next"
                      + " commit comes."),
          ValueRule.between(1, 100_000_000));

  static final List<JobOption<?>> ALL = List.of(CACHE_SIZE);

  private MergeOptions() {}
}
