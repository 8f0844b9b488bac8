package dev.anabranch.playground.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A JobManager as its REST interface shows it, and Flink's command line on it. Jobs do nothing but
 * be in a state; how a submission goes is decided by what its jar is called.
 */
final class FakeFlink implements FlinkCli, AutoCloseable {

  /** How Flink deals with a jar. */
  enum Submission {
    HEALTHY,
    /** It is submitted, and fails again and again. */
    FAILING,
    /** The program throws before it submits anything. */
    REFUSED,
    /** Flink runs it, and the client dies before it says so. */
    RUNS_UNTOLD,
    /** It runs, and answers every command with an error. */
    ANSWERS_ERRORS
  }

  private static final class FakeJob {
    volatile String state = "RUNNING";
    final String jar;
    final String from;
    final Submission kind;
    volatile int looks;

    FakeJob(String jar, String from, Submission kind) {
      this.jar = jar;
      this.from = from;
      this.kind = kind;
    }
  }

  /** Room for three jobs of parallelism 2. */
  private static final int SLOTS = 6;

  private final HttpServer server;
  private final Map<String, FakeJob> jobs = new LinkedHashMap<>();
  private final Map<String, Submission> submissions = new ConcurrentHashMap<>();
  private final List<String> cancelled = new ArrayList<>();
  private volatile boolean silent;
  private int savepoints;

  FakeFlink() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** From now on jars of this name are dealt with so. */
  void submissionsOf(String jar, Submission kind) {
    submissions.put(jar, kind);
  }

  /** From now on the JobManager does not answer. */
  void isSilent(boolean now) {
    silent = now;
  }

  synchronized List<String> running() {
    return jobs.entrySet().stream()
        .filter(each -> each.getValue().state.equals("RUNNING"))
        .map(each -> each.getValue().jar + " from " + each.getValue().from)
        .toList();
  }

  synchronized List<String> cancelled() {
    return List.copyOf(cancelled);
  }

  synchronized String idOfLast() {
    return String.format("%032x", jobs.size());
  }

  @Override
  public synchronized FlinkPrograms.Output run(List<String> arguments) {
    return switch (arguments.get(0)) {
      case "run" -> submit(arguments);
      case "stop" -> {
        jobs.get(last(arguments)).state = "FINISHED";
        yield said("Savepoint completed. Path: file:/savepoints/savepoint-" + ++savepoints);
      }
      case "cancel" -> {
        jobs.get(last(arguments)).state = "CANCELED";
        cancelled.add(jobs.get(last(arguments)).jar);
        yield said("Cancelled");
      }
      default -> throw new IllegalArgumentException(arguments.toString());
    };
  }

  private FlinkPrograms.Output submit(List<String> arguments) {
    var jar = jarOf(arguments);
    var kind = submissions.getOrDefault(jar, Submission.HEALTHY);
    if (kind == Submission.REFUSED) {
      return new FlinkPrograms.Output(1, "the option commands.topic is missing");
    }
    var at = arguments.indexOf("-s");
    var id = String.format("%032x", jobs.size() + 1);
    jobs.put(id, new FakeJob(jar, at < 0 ? "nothing" : arguments.get(at + 1), kind));
    if (kind == Submission.RUNS_UNTOLD) {
      throw new ClusterException("Flink's program did not end within 180 s");
    }
    return said("Job has been submitted with JobID " + id);
  }

  /** The copy of a jar has its hash in front of its name. */
  private static String jarOf(List<String> arguments) {
    var at = arguments.indexOf("-c");
    var path = arguments.get(at + 2);
    var jobClass = arguments.get(at + 1).replace("dev.anabranch.jobs.", "");
    var jar = path.substring(path.lastIndexOf('-') + 1);
    return jobClass.equals("CommandJob") ? jar : jobClass + " of " + jar;
  }

  private static FlinkPrograms.Output said(String text) {
    return new FlinkPrograms.Output(0, text + "\n");
  }

  private static String last(List<String> arguments) {
    return arguments.get(arguments.size() - 1);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (silent) {
        return;
      }
      var body = body(exchange.getRequestURI().getPath(), exchange.getRequestURI().getQuery());
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized String body(String path, String query) {
    if (path.equals("/overview")) {
      return "{\"slots-available\":" + (SLOTS - 2 * running().size()) + "}";
    }
    if (path.equals("/jobs/overview")) {
      return jobs.entrySet().stream()
          .map(
              each ->
                  "{\"jid\":\"%s\",\"name\":\"anabranch\",\"state\":\"%s\"}"
                      .formatted(each.getKey(), each.getValue().state))
          .collect(Collectors.joining(",", "{\"jobs\":[", "]}"));
    }
    var parts = path.split("/", 4);
    var job = jobs.get(parts[2]);
    if (parts.length == 3) {
      return "{\"state\":\"%s\",\"vertices\":[{\"id\":\"v\",\"parallelism\":2,\"tasks\":{\"RUNNING\":%d}}]}"
          .formatted(job.state, job.state.equals("RUNNING") ? 2 : 0);
    }
    return switch (parts[3].replaceAll("\\?.*", "")) {
      case "exceptions" -> {
        var failures =
            job.kind == Submission.FAILING ? "{\"stacktrace\":\"boom\"}".concat(",{},{}") : "";
        yield "{\"exceptionHistory\":{\"entries\":[" + failures + "]}}";
      }
      case "checkpoints" -> "{\"counts\":{\"completed\":" + ++job.looks + "}}";
      case "vertices/v/subtasks/metrics" -> metrics(job, query);
      default -> "{}";
    };
  }

  private static String metrics(FakeJob job, String query) {
    if (query == null) {
      return "[{\"id\":\"commands.anabranch.commandsIn\"},{\"id\":\"commands.anabranch.commandErrors\"}]";
    }
    var errors = query.contains("commandErrors");
    var count = errors ? job.kind == Submission.ANSWERS_ERRORS ? 100 : 1 : 100;
    return "[{\"sum\":" + count + "}]";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
