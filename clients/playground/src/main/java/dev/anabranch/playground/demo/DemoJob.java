package dev.anabranch.playground.demo;

import dev.anabranch.jobs.CommandJob;
import dev.anabranch.jobs.CrossRegionJob;
import dev.anabranch.jobs.ProjectionJob;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.playground.traffic.Pause;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
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

/** A Flink cluster in this JVM, with the jobs of one region on it. */
final class DemoJob implements AutoCloseable {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(120);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final String WEB_PORTS = "8081-8099";

  private final MiniCluster cluster;
  private final Configuration configuration;
  private JobID job = new JobID();
  private JobID crossRegion = new JobID();
  private JobID projections = new JobID();
  private int taskManagersKilled;

  /**
   * @param slots for each job as many as its parallelism
   */
  DemoJob(Path temporary, boolean web, int slots) {
    this.configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, web ? WEB_PORTS : "0");
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    configuration.set(JobManagerOptions.EXECUTION_FAILOVER_STRATEGY, "region");
    this.cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
  }

  void startCluster() throws Exception {
    cluster.start();
  }

  /** Creates schema and topics, submits the job, and returns when all its tasks run. */
  void start(CommandJobOptions options) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    CommandJob.prepare(env, options, DomainLoader.services());
    job = submit("the command job runs", env, CommandJob.nameOf(options));
  }

  /** Creates the tables of the examples' projections, and submits the job that fills them. */
  void startProjections(ProjectionJobOptions options) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    ProjectionJob.prepare(env, options, ProjectionsLoader.services());
    projections = submit("the projection job runs", env, ProjectionJob.nameOf(options));
  }

  /** Submits the job that reads the other regions' logs; needs the topics of the command job. */
  void startCrossRegion(CrossRegionJobOptions options) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    CrossRegionJob.prepare(env, options, DomainLoader.services());
    crossRegion = submit("the cross-region job runs", env, CrossRegionJob.nameOf(options));
  }

  /** Ends the command job as a crash does, for good: its checkpoints are not used again. */
  void cancelCommands() {
    cancel(job);
  }

  /** Ends the cross-region job as a crash does, for good: its checkpoints are not used again. */
  void cancelCrossRegion() {
    cancel(crossRegion);
  }

  /** Ends the projection job as a crash does. */
  void cancelProjections() {
    cancel(projections);
  }

  /** What ended the command job for good, with its causes; empty: it has not ended so. */
  String endOfCommands() {
    return endOf(job);
  }

  /** What ended the cross-region job for good, with its causes; empty: it has not ended so. */
  String endOfCrossRegion() {
    return endOf(crossRegion);
  }

  private String endOf(JobID id) {
    var graph = graph(id);
    var failure = graph.getFailureInfo();
    return graph.getState() != JobStatus.FAILED || failure == null
        ? ""
        : failure.getExceptionAsString();
  }

  private void cancel(JobID id) {
    ask(cluster.cancelJob(id));
    Pause.until(
        "a job ends", START_TIMEOUT, () -> ask(cluster.getJobStatus(id)).isGloballyTerminalState());
  }

  private JobID submit(String what, StreamExecutionEnvironment env, String name) throws Exception {
    var graph = env.getStreamGraph();
    graph.setJobName(name);
    var id = cluster.submitJob(graph.getJobGraph()).get().getJobID();
    Pause.until(what, START_TIMEOUT, () -> isRunning(graph(id)) || !endOf(id).isEmpty());
    return id;
  }

  URI webAddress() {
    return ask(cluster.getRestAddress());
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
    // The cluster keeps counting those that have ended.
    ask(cluster.terminateTaskManager(taskManagersKilled++));
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
