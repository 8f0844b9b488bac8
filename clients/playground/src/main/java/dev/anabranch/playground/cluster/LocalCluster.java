package dev.anabranch.playground.cluster;

import dev.anabranch.embedded.DatabaseKind;
import dev.anabranch.embedded.DetachedServer;
import dev.anabranch.embedded.KafkaBrokerConfig;
import dev.anabranch.embedded.ServerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The processes of a local cluster: what is to run, started and ended.
 *
 * <p><b>Idempotent.</b> {@link #up} starts what does not run; {@link #down} ends what this cluster
 * started and nothing else. Both may be interrupted and run again.
 *
 * <p><b>Threads.</b> For one; {@link ClusterFolder#lock} keeps other processes away.
 */
public final class LocalCluster {

  static final String JOB_MANAGER = "jobmanager";
  private static final String KAFKA = "kafka";
  private static final String ZOO_KEEPER = "zookeeper";
  private static final String TASK_MANAGER_PREFIX = "taskmanager-";

  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final int BROKER_HEAP_MEGABYTES = 384;

  private final ClusterFolder folder;
  private final Processes processes;
  private final Consumer<String> say;

  /** A process that was started and is not known to serve yet. */
  private record Starting(ClusterProcess process, BooleanSupplier ready, String address) {}

  public LocalCluster(ClusterFolder folder, Consumer<String> say) {
    this.folder = folder;
    this.processes = new Processes(folder);
    this.say = say;
  }

  /** What {@code status} shows of a process. */
  public record Status(String name, long pid, boolean running) {}

  /**
   * Starts everything that does not run. A cluster that exists keeps its settings; then the options
   * count for nothing but {@code taskManagers}, if given.
   *
   * @param taskManagers 0: as many as before
   */
  public void up(ClusterOptions options, int taskManagers) {
    var settings = settings(options, taskManagers);
    RegionFile.write(folder, settings, say);
    FlinkConfiguration.write(folder, settings);
    // All at once, for each waits for those that it needs.
    var starting = new ArrayList<Starting>();
    if (settings.isHighlyAvailable() && !processes.isRunning(ZOO_KEEPER)) {
      starting.add(startZooKeeper(settings));
    }
    if (!settings.application() && !processes.isRunning(JOB_MANAGER)) {
      starting.add(startJobManager(settings));
    }
    if (!processes.isRunning(KAFKA)) {
      starting.add(startKafka(settings));
    }
    var started = startTaskManagers(settings);
    starting.addAll(startDatabases(settings));
    await(starting);
    awaitTaskManagers(settings, started);
  }

  /** Ends all processes, in the order in which they need each other. */
  public void down(boolean keepFiles) {
    if (!folder.exists()) {
      say.accept("there is no cluster in " + folder.path());
      return;
    }
    var all = new ArrayList<>(processes.all());
    var flink = all.stream().filter(each -> isFlink(each.name())).toList();
    flink.forEach(each -> end(each, false));
    all.removeAll(flink);
    all.forEach(each -> end(each, !keepFiles));
    if (keepFiles) {
      say.accept("the files are kept in " + folder.path());
    } else {
      folder.delete();
      say.accept("deleted " + folder.path());
    }
  }

  /** Kills one process, as a machine failure would. */
  public void kill(String name) {
    var process = running(name);
    process.kill();
    say.accept("killed " + name + " (process " + process.pid() + ")");
  }

  public List<Status> status() {
    return processes.all().stream()
        .map(each -> new Status(each.name(), each.pid(), each.isRunning()))
        .toList();
  }

  /** Starts the JobManager of Application Mode with its job. */
  void startApplication(SubmittedJob job) {
    var settings = folder.settings();
    if (processes.isRunning(JOB_MANAGER)) {
      throw new ClusterException("the JobManager runs a job already");
    }
    new JobFiles(folder, JobKind.COMMANDS).putInUserLibrary(job);
    var programs = new FlinkPrograms(folder);
    var process =
        processes.start(
            JOB_MANAGER,
            folder.directory("tmp"),
            programs.applicationJobManager(job),
            programs.environment());
    var rest = new FlinkRest(settings.webAddress());
    processes.awaitReady(process, rest::answers, START_TIMEOUT);
  }

  boolean hasJobManager() {
    return processes.isRunning(JOB_MANAGER);
  }

  /** Waits until the JobManager of Application Mode has ended by itself, as its job has. */
  void awaitEndOfApplication() {
    processes
        .find(JOB_MANAGER)
        .ifPresent(
            process -> {
              if (!Waiting.until(STOP_PATIENCE, () -> !process.isRunning())) {
                process.stop(STOP_PATIENCE);
              }
            });
  }

  /** Starts or ends TaskManagers so that there are as many as asked for. */
  void scaleTaskManagers(int count) {
    var settings = folder.settings().withTaskManagers(count);
    folder.settings(settings);
    for (var process : processes.all()) {
      if (numberOf(process.name()) > count) {
        process.stop(STOP_PATIENCE);
        processes.forget(process.name());
        say.accept("ended " + process.name());
      }
    }
    awaitTaskManagers(settings, startTaskManagers(settings));
  }

  private ClusterSettings settings(ClusterOptions options, int taskManagers) {
    var settings = folder.exists() ? folder.settings() : ClusterSettings.of(options);
    if (!options.region().isEmpty() && !options.region().equals(settings.region())) {
      throw new ClusterException(
          "the region of the cluster in "
              + folder.path()
              + " is "
              + settings.region()
              + " already; leave out --region, or name another folder with --folder");
    }
    if (taskManagers > 0) {
      settings = settings.withTaskManagers(taskManagers);
    }
    folder.settings(settings);
    return settings;
  }

  private Starting startKafka(ClusterSettings settings) {
    var config =
        KafkaBrokerConfig.in(folder.resolve(KAFKA))
            .withProxies(0)
            .withHeapMegabytes(BROKER_HEAP_MEGABYTES);
    var broker =
        DetachedServer.broker(config, settings.kafkaPort(), settings.kafkaControllerPort());
    return start(KAFKA, broker, settings.bootstrapServers());
  }

  /** Making a data directory takes seconds, so they are made at the same time. */
  private List<Starting> startDatabases(ClusterSettings settings) {
    var missing =
        settings.databases().stream()
            .filter(database -> !processes.isRunning(database.name()))
            .toList();
    var configs = missing.stream().map(each -> databaseConfig(settings, each)).toList();
    var servers = configs.parallelStream().map(DetachedServer::database).toList();
    var starting = new ArrayList<Starting>();
    for (var i = 0; i < missing.size(); i++) {
      var database = missing.get(i);
      starting.add(start(database.name(), servers.get(i), "127.0.0.1:" + database.port()));
    }
    return starting;
  }

  private ServerConfig databaseConfig(ClusterSettings settings, ClusterSettings.Database database) {
    var kind = DatabaseKind.MARIADB;
    if (!settings.mysqlHome().isEmpty()) {
      System.setProperty("anabranch.mysql.home", settings.mysqlHome());
      kind = DatabaseKind.MYSQL;
    }
    return ServerConfig.in(folder.resolve(database.name()))
        .withKind(kind)
        .withPort(database.port());
  }

  private Starting start(String name, DetachedServer server, String address) {
    var process = processes.start(name, server.directory(), server.command(), server.environment());
    return new Starting(process, server.ready(), address);
  }

  private Starting startZooKeeper(ClusterSettings settings) {
    var data = folder.directory("zookeeper");
    folder.write(
        "flink/conf/zoo.cfg",
        String.format(
            Locale.ROOT,
            """
        tickTime=2000
        initLimit=10
        syncLimit=5
        dataDir=%s
        clientPort=%d
        clientPortAddress=127.0.0.1
        admin.enableServer=false
        """,
            data,
            settings.zooKeeperPort()));
    var programs = new FlinkPrograms(folder);
    var process =
        processes.start(
            ZOO_KEEPER,
            data,
            programs.zooKeeper(folder.resolve("flink").resolve("conf").resolve("zoo.cfg")),
            programs.environment());
    return new Starting(
        process,
        () -> Ports.answers(settings.zooKeeperPort()),
        "127.0.0.1:" + settings.zooKeeperPort());
  }

  private Starting startJobManager(ClusterSettings settings) {
    var programs = new FlinkPrograms(folder);
    var process =
        processes.start(
            JOB_MANAGER,
            folder.directory("tmp"),
            programs.sessionJobManager(),
            programs.environment());
    var rest = new FlinkRest(settings.webAddress());
    return new Starting(process, rest::answers, "http://" + settings.webAddress());
  }

  /** TaskManagers look for the JobManager for minutes, so they may be there before it. */
  private List<ClusterProcess> startTaskManagers(ClusterSettings settings) {
    var missing =
        IntStream.rangeClosed(1, settings.taskManagers())
            .mapToObj(i -> TASK_MANAGER_PREFIX + i)
            .filter(name -> !processes.isRunning(name))
            .toList();
    if (missing.isEmpty()) {
      return List.of();
    }
    var programs = new FlinkPrograms(folder);
    var resources = programs.taskManagerResources();
    return missing.stream()
        .map(
            name ->
                processes.start(
                    name,
                    folder.directory("tmp"),
                    programs.taskManager(name, resources),
                    programs.environment()))
        .toList();
  }

  private void awaitTaskManagers(ClusterSettings settings, List<ClusterProcess> started) {
    var rest = new FlinkRest(settings.webAddress());
    var jobManager = processes.isRunning(JOB_MANAGER);
    for (var process : started) {
      // Without a JobManager, in Application Mode before the job, there is nobody to ask.
      processes.awaitReady(
          process, () -> !jobManager || rest.hasTaskManager(process.name()), START_TIMEOUT);
      say.accept(process.name() + ": process " + process.pid());
    }
  }

  private void await(List<Starting> starting) {
    for (var each : starting) {
      processes.awaitReady(each.process(), each.ready(), START_TIMEOUT);
      say.accept(
          each.process().name()
              + ": "
              + each.address()
              + " (process "
              + each.process().pid()
              + ")");
    }
  }

  private void end(ClusterProcess process, boolean filesAreDeleted) {
    if (process.isRunning()) {
      if (filesAreDeleted) {
        process.kill();
      } else {
        process.stop(STOP_PATIENCE);
      }
      say.accept("ended " + process.name() + " (process " + process.pid() + ")");
    }
    processes.forget(process.name());
  }

  private ClusterProcess running(String name) {
    return processes
        .find(name)
        .filter(ClusterProcess::isRunning)
        .orElseThrow(
            () ->
                new ClusterException(
                    "no process "
                        + name
                        + " runs; there are "
                        + String.join(
                            ", ",
                            status().stream().filter(Status::running).map(Status::name).toList())));
  }

  private static boolean isFlink(String name) {
    return name.equals(JOB_MANAGER) || numberOf(name) > 0;
  }

  private static int numberOf(String name) {
    return name.startsWith(TASK_MANAGER_PREFIX)
        ? Integer.parseInt(name.substring(TASK_MANAGER_PREFIX.length()))
        : 0;
  }
}
