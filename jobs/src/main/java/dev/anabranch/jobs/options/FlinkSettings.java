package dev.anabranch.jobs.options;

import dev.anabranch.jobs.config.OptionReader;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How Flink runs a job of ours: what correctness needs, then what the user says, then what the
 * cluster is configured with, then the job's own defaults.
 */
public final class FlinkSettings {

  private static final Logger LOG = LoggerFactory.getLogger(FlinkSettings.class);

  /**
   * No answer waits for a checkpoint; each one is a pause, and work repeated for busy aggregates.
   */
  public static final Duration CHECKPOINTS = Duration.ofSeconds(5);

  /** Where readers wait for one: for events in transactions. */
  private static final Duration CHECKPOINTS_FOR_READERS = Duration.ofSeconds(1);

  private FlinkSettings() {}

  /** What a job sets if neither user nor cluster do, by key. */
  static Map<String, String> defaults(Duration checkpoints) {
    return new TreeMap<>(
        defaultsBeside(new Configuration(), new Configuration(), checkpoints).toMap());
  }

  public static void apply(StreamExecutionEnvironment env, CommandJobOptions options) {
    apply(
        env,
        options.region(),
        options.flink(),
        options.events().isExactlyOnce() ? CHECKPOINTS_FOR_READERS : CHECKPOINTS);
  }

  public static void apply(
      StreamExecutionEnvironment env,
      RegionOptions region,
      Map<String, String> flink,
      Duration checkpoints) {
    var user = Configuration.fromMap(flink);
    var settings = new Configuration();
    settings.addAll(defaultsBeside(env.getConfiguration(), user, checkpoints));
    settings.addAll(user);
    settings.addAll(required(region));
    env.configure(settings);
    if (env.getConfiguration().getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
      LOG.warn(
          "No {} is set: checkpoints live in the JobManager's memory, are lost with it, and fail"
              + " when they exceed a few megabytes; set flink.{} to a directory that all machines"
              + " reach",
          CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(),
          CheckpointingOptions.CHECKPOINTS_DIRECTORY.key());
    }
    if (env.getParallelism() > region.shardCount()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the job's parallelism, %d, is more than %s, %d: a subtask without a shard has no work; set flink.%s",
              env.getParallelism(),
              RegionOptions.SHARD_COUNT,
              region.shardCount(),
              CoreOptions.DEFAULT_PARALLELISM.key()));
    }
  }

  /** Notes what the user asks of Flink that the job can't live with. */
  static void check(OptionReader reader, String prefix, CommandJobOptions options) {
    check(reader, prefix, options.region(), options.flink());
  }

  static void check(
      OptionReader reader, String prefix, RegionOptions region, Map<String, String> flink) {
    var user = Configuration.fromMap(flink);
    required(region)
        .toMap()
        .forEach(
            (name, needed) -> {
              var given = flink.get(name);
              if (given != null && !given.equalsIgnoreCase(needed)) {
                reader.contradict(prefix + name, "must be " + needed + "; remove it");
              }
            });
    try {
      var parallelism = user.get(CoreOptions.DEFAULT_PARALLELISM);
      if (parallelism != null && parallelism > region.shardCount()) {
        reader.contradict(
            prefix + CoreOptions.DEFAULT_PARALLELISM.key(),
            "must not exceed " + RegionOptions.SHARD_COUNT + ", " + region.shardCount());
      }
    } catch (IllegalArgumentException e) {
      reader.contradict(prefix + CoreOptions.DEFAULT_PARALLELISM.key(), "expected a whole number");
    }
  }

  /** What the guarantees rest on. */
  private static Configuration required(RegionOptions region) {
    var needed = new Configuration();
    // A shard is a key group.
    needed.set(PipelineOptions.MAX_PARALLELISM, region.shardCount());
    // Between the operator and its sinks an exchange could reorder a shard on rescaling.
    needed.set(PipelineOptions.OPERATOR_CHAINING, true);
    needed.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
    return needed;
  }

  private static Configuration defaultsBeside(
      ReadableConfig cluster, ReadableConfig user, Duration checkpoints) {
    var defaults = new Defaults(cluster, user, new Configuration());
    defaults.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    defaults.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints);
    defaults.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
    defaults.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    // The operator reads its shards' tails first: nothing of it is worth a checkpoint.
    defaults.set(CheckpointingOptions.CHECKPOINTING_DURING_RECOVERY_ENABLED, false);
    // A record goes on at once: a busy task finds many in a buffer all the same, an idle one makes
    // nobody wait, and no thread wakes up every few milliseconds to flush.
    defaults.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    // Kryo would make savepoints depend on its version, and is slow.
    defaults.set(PipelineOptions.GENERIC_TYPES, false);
    // All records are immutable, so no operator needs a copy of its own.
    defaults.set(PipelineOptions.OBJECT_REUSE, true);
    restartForEver(defaults);
    return defaults.configuration();
  }

  /** A fence, a lost database, a broker that is away: each is a normal restart. */
  private static void restartForEver(Defaults defaults) {
    if (!defaults.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay")) {
      return;
    }
    defaults.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(200));
    defaults.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    defaults.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    defaults.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_JITTER_FACTOR, 0.1);
    // Several times the longest delay: a job that works is soon forgiven.
    defaults.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofMinutes(1));
    defaults.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, Integer.MAX_VALUE);
  }

  /** Sets what neither cluster nor user have set. */
  private record Defaults(
      ReadableConfig cluster, ReadableConfig user, Configuration configuration) {

    <T> boolean set(ConfigOption<T> option, T value) {
      if (cluster.getOptional(option).isPresent() || user.getOptional(option).isPresent()) {
        return false;
      }
      configuration.set(option, value);
      return true;
    }
  }
}
