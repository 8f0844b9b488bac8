package dev.anabranch.playground.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks a JobManager how it is; changes nothing but resource requirements. */
final class FlinkRest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String address;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  FlinkRest(String address) {
    this.address = address;
  }

  /** A job as Flink knows it. */
  record Job(String id, String name, String state) {
    boolean isOver() {
      return isLast(state);
    }
  }

  /**
   * How a job's tasks and checkpoints are.
   *
   * @param running whether the job and all its tasks run
   * @param failures since it was submitted, as far as Flink keeps them (16)
   */
  record Health(
      String state, boolean running, int parallelism, long failures, long completedCheckpoints) {

    /** Whether it has ended for good. */
    boolean isOver() {
      return isLast(state);
    }
  }

  boolean answers() {
    return get("/overview").isPresent();
  }

  /** Slots that no job has; 0 if nobody says. */
  int freeSlots() {
    return get("/overview").map(overview -> overview.path("slots-available").asInt()).orElse(0);
  }

  boolean hasTaskManager(String name) {
    return get("/taskmanagers")
        .map(
            answer -> {
              for (var each : answer.path("taskmanagers")) {
                if (each.path("id").asText().equals(name)) {
                  return true;
                }
              }
              return false;
            })
        .orElse(false);
  }

  /**
   * All jobs that the JobManager knows, those that have ended included.
   *
   * @return empty if it does not answer: nothing is known then, least of all that no job runs
   */
  Optional<List<Job>> jobs() {
    return get("/jobs/overview")
        .map(
            answer -> {
              var jobs = new ArrayList<Job>();
              answer
                  .path("jobs")
                  .forEach(
                      job ->
                          jobs.add(
                              new Job(
                                  job.path("jid").asText(),
                                  job.path("name").asText(),
                                  job.path("state").asText())));
              return jobs;
            });
  }

  /** What the JobManager says of a job. */
  enum Known {
    RUNS,
    /** It has ended, or the JobManager never heard of it. */
    OVER,
    NO_ANSWER
  }

  Known known(String id) {
    return jobs()
        .map(
            all ->
                all.stream().anyMatch(job -> job.id().equals(id) && !job.isOver())
                    ? Known.RUNS
                    : Known.OVER)
        .orElse(Known.NO_ANSWER);
  }

  Health health(String id) {
    var details = get("/jobs/" + id).orElse(null);
    if (details == null) {
      return new Health("UNKNOWN", false, 0, 0, 0);
    }
    var state = details.path("state").asText();
    var running = state.equals("RUNNING") && details.path("vertices").size() > 0;
    var parallelism = 0;
    for (var vertex : details.path("vertices")) {
      var tasks = vertex.path("parallelism").asInt();
      parallelism = Math.max(parallelism, tasks);
      running &= tasks > 0 && vertex.path("tasks").path("RUNNING").asInt() == tasks;
    }
    // Unlike the metric numRestarts they are there at once.
    var failures =
        get("/jobs/" + id + "/exceptions")
            .map(answer -> answer.path("exceptionHistory").path("entries").size())
            .orElse(0);
    var checkpoints =
        get("/jobs/" + id + "/checkpoints")
            .map(all -> all.path("counts").path("completed").asLong())
            .orElse(0L);
    return new Health(state, running, parallelism, failures, checkpoints);
  }

  /** Why the job failed last; empty: it did not. */
  String lastFailure(String id) {
    return get("/jobs/" + id + "/exceptions?maxExceptions=1")
        .map(answer -> answer.path("exceptionHistory").path("entries").path(0))
        .map(entry -> entry.path("stacktrace").asText(""))
        .map(StackTraces::shortened)
        .orElse("");
  }

  /** What became of the commands that the job's tasks took in since each of them started. */
  ErrorShare commandCounts(String id) {
    return new ErrorShare(
        sumOfMetric(id, "anabranch.commandsIn"), sumOfMetric(id, "anabranch.commandErrors"));
  }

  /** Rows that a command job's tasks have read from the store since each of them started. */
  long tailRows(String id) {
    return sumOfMetric(id, "anabranch.tailRowsRead");
  }

  private long sumOfMetric(String id, String suffix) {
    var sum = 0L;
    for (var vertex : get("/jobs/" + id).map(job -> job.path("vertices")).orElse(JSON.nullNode())) {
      var metrics = "/jobs/" + id + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
      for (var metric : get(metrics).orElse(JSON.nullNode())) {
        var name = metric.path("id").asText();
        if (name.endsWith("." + suffix)) {
          var query = metrics + "?agg=sum&get=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
          sum += get(query).map(values -> values.path(0).path("sum").asLong()).orElse(0L);
        }
      }
    }
    return sum;
  }

  /** Asks the adaptive scheduler for another parallelism of every task, without a restart by us. */
  void require(String id, int parallelism) {
    var requirements = JSON.createObjectNode();
    var details =
        get("/jobs/" + id)
            .orElseThrow(() -> new ClusterException("the JobManager does not know job " + id));
    details
        .path("vertices")
        .forEach(
            vertex ->
                requirements
                    .putObject(vertex.path("id").asText())
                    .putObject("parallelism")
                    .put("lowerBound", 1)
                    .put("upperBound", parallelism));
    var answer =
        send(
            HttpRequest.newBuilder(uri("/jobs/" + id + "/resource-requirements"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(requirements.toString())));
    if (answer.isEmpty() || answer.get().statusCode() / 100 != 2) {
      throw new ClusterException(
          "Flink refused the new parallelism: "
              + answer.map(HttpResponse::body).orElse("no answer")
              + "; is the cluster one with --scheduler adaptive?");
    }
  }

  private Optional<JsonNode> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).GET())
        .filter(answer -> answer.statusCode() == 200)
        .map(
            answer -> {
              try {
                return JSON.readTree(answer.body());
              } catch (IOException e) {
                throw new ClusterException("Flink's answer to " + path + " can't be read", e);
              }
            });
  }

  /** Sends a request; empty if there is no JobManager, or none that answers yet. */
  private Optional<HttpResponse<String>> send(HttpRequest.Builder request) {
    try {
      return Optional.of(
          http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException noAnswer) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("interrupted while asking Flink", e);
    }
  }

  private static boolean isLast(String state) {
    return state.equals("FINISHED") || state.equals("CANCELED") || state.equals("FAILED");
  }

  private URI uri(String path) {
    return URI.create("http://" + address + path);
  }
}
