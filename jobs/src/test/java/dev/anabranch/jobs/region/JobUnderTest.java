package dev.anabranch.jobs.region;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.util.ExceptionUtils;

/**
 * One submission of a job. Methods return when what they name has happened.
 *
 * <p><b>Lifecycle.</b> Ends with {@link #kill} or {@link #stopWithSavepoint}; its checkpoints stay.
 */
public final class JobUnderTest {

  private static final long CALL_TIMEOUT_SECONDS = 60;

  private final MiniCluster flink;
  private final InMemoryReporter metrics;
  private final JobID id;
  private final Path checkpointRoot;
  private final Path savepointRoot;

  JobUnderTest(TestServers servers, JobID id, Path checkpointRoot, Path savepointRoot) {
    this.flink = servers.flink();
    this.metrics = servers.metrics();
    this.id = id;
    this.checkpointRoot = checkpointRoot;
    this.savepointRoot = savepointRoot;
  }

  public JobID id() {
    return id;
  }

  public JobStatus status() {
    return call(flink.getJobStatus(id)::get);
  }

  /** Whether every task runs. */
  public boolean isRunning() {
    for (var vertex : graph().getAllExecutionVertices()) {
      if (vertex.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return graph().getState() == JobStatus.RUNNING;
  }

  public void awaitRunning() {
    Await.until(
        "job " + id + " to run",
        () -> {
          if (graph().getState().isGloballyTerminalState()) {
            throw new IllegalStateException("the job has ended: " + lastFailure());
          }
          return isRunning();
        });
  }

  /**
   * Waits until a task has failed with this in the text of its exception or of one of its causes.
   */
  public void awaitFailure(String text) {
    Await.until("a failure that says '" + text + "'", () -> lastFailure().contains(text));
  }

  /** The last failure, with its causes; empty: none so far. */
  public String lastFailure() {
    var failure = graph().getFailureInfo();
    return failure == null ? "" : failure.getExceptionAsString();
  }

  /** Takes a checkpoint that contains everything from before the call; returns its path. */
  public String checkpoint() {
    return retried(() -> call(flink.triggerCheckpoint(id)::get));
  }

  /** Takes a savepoint and lets the job go on; returns its path. */
  public String savepoint() {
    return retried(
        () ->
            call(
                flink.triggerSavepoint(
                        id, savepointRoot.toString(), false, SavepointFormatType.CANONICAL)
                    ::get));
  }

  /** Ends the job in good order; returns the savepoint's path. */
  public String stopWithSavepoint() {
    var path =
        retried(
            () ->
                call(
                    flink.stopWithSavepoint(
                            id, savepointRoot.toString(), false, SavepointFormatType.CANONICAL)
                        ::get));
    awaitEnd();
    return path;
  }

  /** Ends the job as a crash does: nothing is drained, flushed or checkpointed. */
  public void kill() {
    if (!status().isGloballyTerminalState()) {
      var unused = call(flink.cancelJob(id)::get);
    }
    awaitEnd();
  }

  /** The complete checkpoints that are left of this submission, oldest first. */
  public List<String> checkpoints() {
    var root = checkpointRoot.resolve(id.toHexString());
    if (!Files.exists(root)) {
      return List.of();
    }
    try (var files = Files.list(root)) {
      return files
          .filter(path -> Files.exists(path.resolve("_metadata")))
          .sorted(Comparator.comparingLong(JobUnderTest::number))
          .map(Path::toString)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The newest complete checkpoint, from which Flink would restore. */
  public Optional<String> latestCheckpoint() {
    var all = checkpoints();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Most bytes of records in flight that a completed checkpoint of the job holds. */
  public long inFlightBytes() {
    var statistics = graph().getCheckpointStatsSnapshot();
    return statistics == null
        ? 0
        : statistics.getHistory().getCheckpoints().stream()
            .filter(each -> each.getStatus().isCompleted())
            .mapToLong(each -> each.getPersistedData())
            .max()
            .orElse(0);
  }

  /** How often Flink has started the job anew. */
  public long restarts() {
    return metrics.findMetrics(id, ".*\\.numRestarts").values().stream()
        .mapToLong(JobUnderTest::value)
        .sum();
  }

  /**
   * The operator's own metrics: a counter's or gauge's sum over all subtasks and shards, a
   * histogram's count; by names as in {@code docs/reference/metrics.md}.
   */
  public Map<String, Long> metrics() {
    var sums = new TreeMap<String, Long>();
    metrics
        .findMetrics(id, ".*\\.anabranch\\..*")
        .forEach(
            (identifier, metric) -> {
              var name =
                  identifier
                      .substring(identifier.indexOf(".anabranch.") + 1)
                      .replaceFirst("shard\\.\\d+\\.", "shard.<shard>.");
              sums.merge(name, value(metric), Long::sum);
            });
    return sums;
  }

  /** Of all sources and subtasks since they were started last. */
  public long sourceMetric(String name) {
    return metrics.findMetrics(id, ".*\\." + name).entrySet().stream()
        .filter(found -> !found.getKey().contains(".anabranch."))
        .mapToLong(found -> value(found.getValue()))
        .sum();
  }

  private static long value(Metric metric) {
    if (metric instanceof Counter counter) {
      return counter.getCount();
    }
    return metric instanceof Histogram histogram
        ? histogram.getCount()
        : ((Number) ((Gauge<?>) metric).getValue()).longValue();
  }

  private void awaitEnd() {
    Await.until("job " + id + " to end", () -> status().isGloballyTerminalState());
  }

  private AccessExecutionGraph graph() {
    return call(flink.getExecutionGraph(id)::get);
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
  }

  /** A checkpoint is refused while tasks start or another one is being cancelled. */
  private <T> T retried(Supplier<T> attempt) {
    return Await.value(
        "a checkpoint or savepoint of job " + id,
        () -> {
          try {
            return Optional.of(attempt.get());
          } catch (CallFailed e) {
            if (ExceptionUtils.findThrowableWithMessage(e, "Checkpoint").isEmpty()) {
              throw e;
            }
            return Optional.empty();
          }
        });
  }

  private interface Call<T> {
    T get(long time, TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException;
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.get(CALL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CallFailed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static final class CallFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallFailed(Exception cause) {
      super(cause);
    }
  }
}
