package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.operators.command.CommandOperatorOptions;
import dev.anabranch.operators.task.RegionMap;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.MemorySize;

/** How outcomes are grouped and stored, and what the operator keeps in memory. */
final class CommitOptions {

  static final JobOption<MemorySize> MAX_BYTES =
      JobOption.withDefault(
          key("commit.max-bytes")
              .memoryType()
              .defaultValue(new MemorySize(921_600))
              .withDescription(
                  "Limit of one outcome as the Kafka record that it becomes; a command whose outcome"
                      + " would be larger is answered with an error and nothing is stored."),
          ValueRule.between(MemorySize.parse("16 kb"), MemorySize.parse("8 mb")));

  static final JobOption<Integer> MAX_ROWS =
      JobOption.withDefault(
          key("commit.max-rows")
              .intType()
              .defaultValue(500)
              .withDescription("Most rows that one insert stores."),
          ValueRule.between(1, 2_000));

  static final JobOption<MemorySize> BATCH_MAX_BYTES =
      JobOption.withDefault(
          key("commit.batch-max-bytes")
              .memoryType()
              .defaultValue(MemorySize.ofMebiBytes(4))
              .withDescription("Most bytes that one insert stores, counted as Kafka records."),
          ValueRule.between(MemorySize.parse("16 kb"), MemorySize.parse("64 mb")));

  static final JobOption<Integer> MAX_PENDING =
      JobOption.withDefault(
          key("commit.max-pending")
              .intType()
              .defaultValue(1_024)
              .withDescription(
                  "Most commands of one lane that may wait for their outcome; beyond it the job stops"
                      + " reading until some have theirs."),
          ValueRule.between(1, 100_000));

  static final JobOption<MemorySize> MAX_PENDING_BYTES =
      JobOption.withDefault(
          key("commit.max-pending-bytes")
              .memoryType()
              .defaultValue(MemorySize.ofMebiBytes(64))
              .withDescription(
                  "Most bytes of such commands, with which the job stops reading as well; it bounds"
                      + " heap, and what a checkpoint holds while a database is out of reach."),
          ValueRule.between(MemorySize.parse("16 kb"), MemorySize.parse("4 gb")));

  static final JobOption<Integer> LANES =
      JobOption.withDefault(
          key("commit.lanes-per-database")
              .intType()
              .defaultValue(1)
              .withDescription(
                  "Number of connections, each with one insert under way, that a subtask has to each"
                      + " database."),
          ValueRule.between(1, 64));

  static final JobOption<Duration> DRAIN_TIMEOUT =
      JobOption.withDefault(
          key("commit.drain-timeout")
              .durationType()
              .defaultValue(Duration.ofSeconds(10))
              .withDescription(
                  "How long a checkpoint waits for a database that does not answer before it parks"
                      + " that database's commands and goes on."),
          ValueRule.between(Duration.ofMillis(100), Duration.ofMinutes(10)));

  static final JobOption<Integer> CACHE_SIZE =
      JobOption.withDefault(
          key("aggregates.cache-size")
              .intType()
              .defaultValue(50_000)
              .withDescription(
                  "Number of aggregates that each subtask keeps decoded on the heap; others are read"
                      + " from RocksDB when their next command comes."),
          ValueRule.between(1, 100_000_000));

  static final JobOption<MemorySize> CACHE_MAX_BYTES =
      JobOption.withDefault(
          key("aggregates.cache-max-bytes")
              .memoryType()
              .defaultValue(new MemorySize(CommandOperatorOptions.DEFAULT_CACHED_BYTES))
              .withDescription(
                  "Most bytes of the states of these aggregates, as their codec writes them; decoded"
                      + " they take more heap, by a factor that depends on the type."),
          ValueRule.between(MemorySize.parse("1 mb"), MemorySize.parse("64 gb")));

  static final JobOption<Integer> COMMAND_WINDOW =
      JobOption.withDefault(
          key("aggregates.command-window")
              .intType()
              .defaultValue(16)
              .withDescription(
                  "Number of recent command ids that each aggregate remembers, so that most repeats"
                      + " are told by the state; older repeats are told by the store."),
          ValueRule.between(1, 10_000));

  static final List<JobOption<?>> COMMIT =
      List.of(
          MAX_BYTES,
          MAX_ROWS,
          BATCH_MAX_BYTES,
          MAX_PENDING,
          MAX_PENDING_BYTES,
          LANES,
          DRAIN_TIMEOUT);

  static final List<JobOption<?>> AGGREGATES = List.of(CACHE_SIZE, CACHE_MAX_BYTES, COMMAND_WINDOW);

  private CommitOptions() {}

  static CommandOperatorOptions read(
      OptionReader reader, RegionOptions region, RegionMap regions, int databases) {
    var maxBytes = (int) reader.get(MAX_BYTES).getBytes();
    var maxRows = reader.get(MAX_ROWS);
    var batchMaxBytes = (int) reader.get(BATCH_MAX_BYTES).getBytes();
    var maxPending = reader.get(MAX_PENDING);
    var lanes = reader.get(LANES);
    var cacheSize = reader.get(CACHE_SIZE);
    reader.require(
        batchMaxBytes >= maxBytes,
        BATCH_MAX_BYTES,
        "must be at least "
            + MAX_BYTES
            + ", "
            + maxBytes
            + " bytes: an insert holds a whole outcome",
        MAX_BYTES);
    reader.require(
        maxPending >= maxRows,
        MAX_PENDING,
        "must be at least " + MAX_ROWS + ", " + maxRows + ": else no insert would ever be full",
        MAX_ROWS);
    // What contradicts is reported; the values only have to be fit for reading on.
    var pending = Math.max(maxPending, maxRows);
    var mostPending = (long) pending * lanes * databases;
    reader.require(
        cacheSize >= mostPending,
        CACHE_SIZE,
        "must be at least "
            + mostPending
            + ", the aggregates that may wait for their outcome ("
            + MAX_PENDING
            + " x "
            + LANES
            + " x databases)",
        MAX_PENDING,
        LANES);
    return new CommandOperatorOptions(
            region.name().value(),
            regions,
            region.shardCount(),
            new CommandOperatorOptions.Batching(
                lanes, maxRows, batchMaxBytes, pending, reader.get(MAX_PENDING_BYTES).getBytes()),
            maxBytes,
            Math.max(cacheSize, pending),
            reader.get(COMMAND_WINDOW),
            reader.get(DRAIN_TIMEOUT))
        .withMaxCachedBytes(reader.get(CACHE_MAX_BYTES).getBytes());
  }
}
