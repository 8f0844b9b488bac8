package dev.anabranch.playground.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Flink's own programs, run from jars as Maven fetched them: there is no {@code flink-dist} on
 * Maven Central, and none is needed.
 */
final class FlinkPrograms {

  /** A file with the class path of a Flink distribution; {@code deploy/anabranch} sets it. */
  static final String CLASS_PATH_PROPERTY = "anabranch.flink.class-path";

  private static final String CLI = "org.apache.flink.client.cli.CliFrontend";
  private static final String SESSION =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
  private static final String APPLICATION =
      "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint";
  private static final String TASK_MANAGER =
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";
  private static final String ZOO_KEEPER =
      "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer";
  private static final String RESOURCES = "org.apache.flink.runtime.util.bash.BashJavaUtils";
  private static final String LOG4J = "-Dlog4j.configurationFile=";
  private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";
  private static final Duration RUN_TIMEOUT = Duration.ofMinutes(3);
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "sun.nio.ch",
          "java.text",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks");

  private final ClusterFolder folder;

  FlinkPrograms(ClusterFolder folder) {
    this.folder = folder;
  }

  /** Options that limit a TaskManager's memory. */
  record TaskManagerResources(List<String> jvmOptions, List<String> flinkOptions) {}

  /** How a program ended and what it said. */
  record Output(int exitCode, String text) {}

  List<String> sessionJobManager() {
    return java(List.of("-Xmx448m"), SESSION, configArguments());
  }

  /** A JobManager that runs the one job of the jar. */
  List<String> applicationJobManager(SubmittedJob job) {
    var arguments = new ArrayList<>(configArguments());
    arguments.add("--job-classname");
    arguments.add(JobKind.COMMANDS.className());
    if (!job.startedFrom().isEmpty()) {
      arguments.add("--fromSavepoint");
      arguments.add(job.startedFrom());
    }
    if (job.parallelism() > 0) {
      arguments.add("-Dparallelism.default=" + job.parallelism());
    }
    // Else Flink would take --config for a short form of its own --configDir.
    arguments.add("--");
    arguments.addAll(jobArguments(JobKind.COMMANDS));
    return java(List.of("-Xmx448m"), APPLICATION, arguments);
  }

  List<String> taskManager(String name, TaskManagerResources resources) {
    var arguments = new ArrayList<>(configArguments());
    arguments.addAll(resources.flinkOptions());
    arguments.add("-Dtaskmanager.resource-id=" + name);
    return java(resources.jvmOptions(), TASK_MANAGER, arguments);
  }

  List<String> zooKeeper(Path configuration) {
    return java(
        List.of("-Xmx128m"),
        ZOO_KEEPER,
        List.of("--zkConfigFile", configuration.toString(), "--peerId", "1"));
  }

  /**
   * What every Flink process needs in its environment. Beside the "lib" folder Flink looks for
   * "usrlib", the jars of Application Mode.
   */
  Map<String, String> environment() {
    return Map.of(
        "CLASSPATH", readClassPath(),
        "FLINK_CONF_DIR", conf().toString(),
        "FLINK_LIB_DIR", folder.directory("flink/lib").toString());
  }

  /** Runs Flink's own command line, as {@code bin/flink} does. */
  Output cli(List<String> arguments) {
    var options =
        List.of(
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            LOG4J + folder.resolve(FlinkConfiguration.CLI_LOG4J).toUri());
    return run(java(options, CLI, arguments));
  }

  /** The arguments of {@code flink run} for the job. */
  List<String> runArguments(JobKind kind, SubmittedJob job, String webAddress) {
    var arguments = new ArrayList<>(List.of("run", "-d", "-m", webAddress));
    if (!job.startedFrom().isEmpty()) {
      arguments.addAll(List.of("-s", job.startedFrom()));
    }
    if (job.parallelism() > 0) {
      arguments.addAll(List.of("-p", Integer.toString(job.parallelism())));
    }
    for (var jar : job.domainJars()) {
      arguments.addAll(List.of("-C", Path.of(jar).toUri().toString()));
    }
    arguments.addAll(List.of("-c", kind.className(), job.jar()));
    arguments.addAll(jobArguments(kind));
    return arguments;
  }

  private List<String> jobArguments(JobKind kind) {
    var config = List.of("--config", folder.regionFile().toString());
    if (kind == JobKind.COMMANDS) {
      return config;
    }
    var checkpoints = folder.directory(kind.folder("checkpoints")).toUri();
    return List.of(
        config.get(0), config.get(1), "-Dflink.execution.checkpointing.dir=" + checkpoints);
  }

  private List<String> configArguments() {
    return List.of("--configDir", conf().toString());
  }

  private Path conf() {
    return folder.resolve("flink").resolve("conf");
  }

  /** Flink's own sums for a TaskManager's memory; the same for all of a cluster. */
  TaskManagerResources taskManagerResources() {
    var output = run(java(List.of("-Xmx128m"), RESOURCES, resourceArguments())).text();
    var results =
        output
            .lines()
            .filter(line -> line.startsWith(RESULT))
            .map(line -> line.substring(RESULT.length()))
            .toList();
    if (results.size() != 2) {
      throw new ClusterException("Flink did not say how to start a TaskManager:\n" + output);
    }
    return new TaskManagerResources(words(results.get(0)), words(results.get(1)));
  }

  private List<String> resourceArguments() {
    var arguments = new ArrayList<>(List.of("GET_TM_RESOURCE_PARAMS"));
    arguments.addAll(configArguments());
    return arguments;
  }

  private Output run(List<String> command) {
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment());
      var out = folder.directory("tmp").resolve("output-" + System.nanoTime());
      builder.redirectOutput(out.toFile());
      var process = builder.start();
      try {
        if (!process.waitFor(RUN_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
          throw new ClusterException(
              "Flink's program did not end within "
                  + RUN_TIMEOUT.toSeconds()
                  + " s:\n"
                  + Files.readString(out));
        }
        return new Output(process.exitValue(), Files.readString(out));
      } finally {
        process.destroyForcibly();
        Files.deleteIfExists(out);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("interrupted", e);
    } catch (IOException e) {
      throw new ClusterException("cannot run Flink's program: " + e.getMessage(), e);
    }
  }

  private List<String> java(List<String> options, String mainClass, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-XX:+UseSerialGC");
    command.add("--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED");
    command.add("--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED");
    OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    command.add("-Djava.io.tmpdir=" + folder.directory("tmp"));
    if (options.stream().noneMatch(option -> option.startsWith(LOG4J))) {
      command.add(LOG4J + conf().resolve("log4j.properties").toUri());
    }
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  private static List<String> words(String text) {
    return List.of(text.trim().split("\\s+"));
  }

  private static String readClassPath() {
    var file = System.getProperty(CLASS_PATH_PROPERTY);
    if (file == null) {
      throw new ClusterException(
          "run it with deploy/local/cluster, which knows where Flink's jars are (the system"
              + " property "
              + CLASS_PATH_PROPERTY
              + ")");
    }
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw new ClusterException(
          "cannot read " + file + "; delete deploy/flink/target and run the command again", e);
    }
  }
}
