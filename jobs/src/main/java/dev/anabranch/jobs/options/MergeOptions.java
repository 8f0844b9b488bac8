package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.operators.replication.ReplicationOptions;
import java.util.List;
import org.apache.flink.configuration.MemorySize;

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

  static final JobOption<MemorySize> CACHE_MAX_BYTES =
      JobOption.withDefault(
          key("merge.cache-max-bytes")
              .memoryType()
              .defaultValue(new MemorySize(ReplicationOptions.DEFAULT_CACHED_BYTES))
              .withDescription(
                  "Most bytes of the states and events of these aggregates, as they are stored;"
                      + " decoded they take more heap, by a factor that depends on the type. One"
                      + " that is made from the event store may take as much for what is kept of"
                      + " each commit; one that needs more shows no state, and says so."),
          ValueRule.between(MemorySize.parse("1 mb"), MemorySize.parse("64 gb")));

  static final List<JobOption<?>> ALL = List.of(CACHE_SIZE, CACHE_MAX_BYTES);

  private MergeOptions() {}
}
