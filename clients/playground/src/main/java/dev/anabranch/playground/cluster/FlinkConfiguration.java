package dev.anabranch.playground.cluster;

import java.util.Map;
import java.util.TreeMap;

/** Writes what a Flink distribution has in {@code conf}. */
final class FlinkConfiguration {

  static final String CLI_LOG4J = "flink/conf/log4j-cli.properties";

  private static final String LOG4J =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.console.ref = console
      appender.console.name = console
      appender.console.type = Console
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1.} %m%n
      # "Name collision ... pendingCommittables" at every checkpoint of a KafkaSink.
      logger.metrics.name = org.apache.flink.metrics.MetricGroup
      logger.metrics.level = ERROR
      logger.kafka.name = org.apache.kafka
      logger.kafka.level = WARN
      logger.pekko.name = org.apache.pekko
      logger.pekko.level = WARN
      """;

  private FlinkConfiguration() {}

  static void write(ClusterFolder folder, ClusterSettings settings) {
    var text = new StringBuilder("# Written by `cluster up`; changes are lost.\n");
    entries(folder, settings).forEach((key, value) -> text.append(key + ": " + value + "\n"));
    folder.write("flink/conf/config.yaml", text.toString());
    folder.write("flink/conf/log4j.properties", LOG4J);
    // Of Flink's command line only what went wrong.
    folder.write(CLI_LOG4J, LOG4J.replace("rootLogger.level = INFO", "rootLogger.level = WARN"));
  }

  private static Map<String, String> entries(ClusterFolder folder, ClusterSettings settings) {
    var entries = new TreeMap<String, String>();
    addAddresses(entries, settings);
    addSizes(entries, settings);
    addFolders(entries, folder);
    addScheduler(entries, settings);
    // Local processes: a lost one is noticed within seconds.
    entries.put("heartbeat.interval", "1000");
    entries.put("heartbeat.timeout", "8000");
    // What is asked of the JobManager is as it is, not as it was three or ten seconds ago.
    entries.put("web.refresh-interval", "250");
    entries.put("metrics.fetcher.update-interval", "1000");
    entries.put("cluster.io-pool.size", "4");
    entries.put("execution.checkpointing.num-retained", "3");
    if (settings.isHighlyAvailable()) {
      entries.put("high-availability.type", "zookeeper");
      entries.put("high-availability.zookeeper.quorum", "127.0.0.1:" + settings.zooKeeperPort());
      entries.put("high-availability.cluster-id", "/local");
      entries.put("high-availability.storageDir", folder.directory("ha").toUri().toString());
      entries.put("high-availability.zookeeper.client.session-timeout", "6000");
      // A JobManager that starts again on the same ports, so that the address stays the same.
      entries.put("high-availability.jobmanager.port", Integer.toString(settings.rpcPort()));
    }
    return entries;
  }

  private static void addAddresses(Map<String, String> entries, ClusterSettings settings) {
    for (var key :
        new String[] {
          "jobmanager.rpc.address",
          "jobmanager.bind-host",
          "taskmanager.host",
          "taskmanager.bind-host",
          "rest.address",
          "rest.bind-address"
        }) {
      entries.put(key, "127.0.0.1");
    }
    entries.put("jobmanager.rpc.port", Integer.toString(settings.rpcPort()));
    entries.put("blob.server.port", Integer.toString(settings.blobPort()));
    entries.put("rest.port", Integer.toString(settings.webPort()));
    entries.put("rest.bind-port", Integer.toString(settings.webPort()));
  }

  private static void addSizes(Map<String, String> entries, ClusterSettings settings) {
    entries.put("jobmanager.memory.process.size", "1024m");
    entries.put("taskmanager.memory.process.size", "1152m");
    entries.put("taskmanager.memory.jvm-metaspace.size", "192m");
    entries.put("taskmanager.memory.network.min", "64m");
    entries.put("taskmanager.memory.network.max", "64m");
    entries.put("taskmanager.memory.managed.size", "128m");
    entries.put("taskmanager.numberOfTaskSlots", Integer.toString(settings.slots()));
    entries.put("taskmanager.load-balance.mode", "SLOTS");
  }

  private static void addFolders(Map<String, String> entries, ClusterFolder folder) {
    entries.put("execution.checkpointing.dir", folder.directory("checkpoints").toUri().toString());
    entries.put(
        "execution.checkpointing.savepoint-dir", folder.directory("savepoints").toUri().toString());
    entries.put("io.tmp.dirs", folder.directory("tmp").toString());
    entries.put("web.upload.dir", folder.directory("tmp").toString());
    entries.put("process.working-dir", folder.directory("tmp").toString());
  }

  private static void addScheduler(Map<String, String> entries, ClusterSettings settings) {
    switch (settings.scheduler()) {
      case "adaptive" -> entries.put("jobmanager.scheduler", "adaptive");
      case "reactive" -> entries.put("scheduler-mode", "reactive");
      default -> {
        return;
      }
    }
    // Flink's defaults suit clusters whose machines come one after the other over minutes.
    entries.put("jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling", "2 s");
    entries.put("jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout", "1 s");
    entries.put("jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout", "2 s");
    entries.put("jobmanager.adaptive-scheduler.submission.resource-wait-timeout", "60 s");
    entries.put("jobmanager.adaptive-scheduler.rescale-trigger.max-delay", "5 s");
  }
}
