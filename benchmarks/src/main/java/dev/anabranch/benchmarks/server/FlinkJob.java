package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.LoadOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job on a Flink cluster inside this JVM, with the settings of a command job. */
public final class FlinkJob implements AutoCloseable {

  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(256);

  private final JobClient client;

  private FlinkJob(JobClient client) {
    this.client = client;
  }

  public static StreamExecutionEnvironment environment(LoadOptions options, Path checkpoints) {
    var settings = new Configuration();
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, options.checkpointInterval());
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    settings.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.MAX_PARALLELISM, options.shards);
    settings.set(CoreOptions.DEFAULT_PARALLELISM, options.parallelism);
    // A failure is to be seen, not mended.
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    options.flink.forEach(settings::setString);
    return StreamExecutionEnvironment.createLocalEnvironment(options.parallelism, settings);
  }

  public static FlinkJob start(StreamExecutionEnvironment env, String name) throws Exception {
    var job = new FlinkJob(env.executeAsync(name));
    var deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (job.status() != JobStatus.RUNNING) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("job " + name + " does not start");
      }
      job.requireAlive();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return job;
  }

  public void requireAlive() {
    var result = client.getJobExecutionResult();
    if (result.isCompletedExceptionally()) {
      throw new IllegalStateException("the job failed", failureOf(client));
    }
  }

  private JobStatus status() throws InterruptedException, ExecutionException {
    return client.getJobStatus().get();
  }

  private static Throwable failureOf(JobClient client) {
    try {
      client.getJobExecutionResult().get(1, TimeUnit.SECONDS);
      return new IllegalStateException("no reason given");
    } catch (ExecutionException e) {
      return e.getCause() == null ? e : e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      return e;
    }
  }

  /** Returns when the job and its cluster have ended. */
  @Override
  public void close() throws Exception {
    client.cancel().get(30, TimeUnit.SECONDS);
    try {
      client.getJobExecutionResult().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException cancelled) {
      // as asked for
    }
  }
}
