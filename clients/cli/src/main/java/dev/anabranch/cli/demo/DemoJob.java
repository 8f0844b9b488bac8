package dev.anabranch.cli.demo;

import dev.anabranch.jobs.CommandJob;
import dev.anabranch.jobs.CommandJobOptions;
import dev.anabranch.jobs.ProjectionJob;
import dev.anabranch.jobs.ProjectionJobOptions;
import dev.anabranch.operators.command.DomainLoader;
import dev.anabranch.operators.projection.ProjectionsLoader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster in this JVM, with the command job and the projection job on it. */
final class DemoJob implements AutoCloseable {

  private static final int SLOTS = 4;
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final String WEB_PORTS = "8081-8099";

  private final MiniCluster cluster;
  private final Configuration configuration;
  private JobID job = new JobID();
  private JobID projections = new JobID();

  DemoJob(Path temporary, boolean web) {
    this.configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, web ? WEB_PORTS : "0");
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    configuration.set(JobManagerOptions.EXECUTION_FAILOVER_STRATEGY, "region");
    this.cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
  }

  /** Creates schema and topics, submits the job, and returns when all its tasks run. */
  void start(CommandJobOptions options) throws Exception {
    cluster.start();
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    CommandJob.prepare(env, options, DomainLoader.services());
    var graph = env.getStreamGraph();
    graph.setJobName(CommandJob.nameOf(options));
    job = cluster.submitJob(graph.getJobGraph()).get().getJobID();
    Pause.until("the job runs", Duration.ofSeconds(60), this::isRunning);
  }

  /** Creates the tables of the examples' projections, and submits the job that fills them. */
  void startProjections(ProjectionJobOptions options) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    ProjectionJob.prepare(env, options, ProjectionsLoader.services());
    var graph = env.getStreamGraph();
    graph.setJobName(ProjectionJob.nameOf(options));
    projections = cluster.submitJob(graph.getJobGraph()).get().getJobID();
    Pause.until(
        "the projection job runs", Duration.ofSeconds(60), () -> isRunning(graph(projections)));
  }

  URI webAddress() {
    return ask(cluster.getRestAddress());
  }

  boolean isRunning() {
    return isRunning(graph(job));
  }

  private static boolean isRunning(AccessExecutionGraph graph) {
    for (var vertex : graph.getAllExecutionVertices()) {
      if (vertex.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return true;
  }

  Optional<CompletedCheckpointStats> lastCheckpoint() {
    var stats = graph(job).getCheckpointStatsSnapshot();
    return stats == null
        ? Optional.empty()
        : Optional.ofNullable(stats.getHistory().getLatestCompletedCheckpoint());
  }

  /** Ends the only task manager with everything that it has not checkpointed. */
  void killTaskManager() {
    var unused = ask(cluster.terminateTaskManager(0));
  }

  void startTaskManager() throws Exception {
    cluster.startTaskManager();
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }

  private AccessExecutionGraph graph(JobID id) {
    return ask(cluster.getExecutionGraph(id));
  }

  private static <T> T ask(java.util.concurrent.CompletableFuture<T> answer) {
    try {
      return answer.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Flink does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking Flink", e);
    }
  }
}
