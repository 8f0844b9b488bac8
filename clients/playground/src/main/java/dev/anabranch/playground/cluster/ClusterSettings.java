package dev.anabranch.playground.cluster;

import dev.anabranch.embedded.network.FreePorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How a local cluster was made; the same at each later start, its ports included.
 *
 * @param mysqlHome folder of a real MySQL; empty: MariaDB
 * @param slots of each TaskManager
 * @param taskManagers how many there are to be
 * @param application whether the JobManager runs one job of its own (Application Mode)
 * @param scheduler {@code default}, {@code adaptive} or {@code reactive}
 * @param zooKeeperPort 0: no high availability
 * @param webPort of Flink's REST interface and web UI
 * @param region name of the region; missing in the file of an older release
 */
record ClusterSettings(
    List<Database> databases,
    String mysqlHome,
    int shards,
    int slots,
    int taskManagers,
    boolean application,
    String scheduler,
    int kafkaPort,
    int kafkaControllerPort,
    int zooKeeperPort,
    int rpcPort,
    int blobPort,
    int webPort,
    String region) {

  ClusterSettings {
    region = Objects.requireNonNullElse(region, ClusterOptions.REGION);
  }

  record Database(String name, int port) {}

  static ClusterSettings of(ClusterOptions options) {
    var databases = new ArrayList<Database>();
    for (var i = 0; i < options.databases(); i++) {
      databases.add(new Database("db" + i, FreePorts.pick()));
    }
    return new ClusterSettings(
        databases,
        options.mysqlHome(),
        options.shards(),
        options.slots(),
        options.taskManagers(),
        options.application(),
        options.scheduler(),
        FreePorts.pick(),
        FreePorts.pick(),
        options.highlyAvailable() ? FreePorts.pick() : 0,
        FreePorts.pick(),
        FreePorts.pick(),
        options.webPort() == 0 ? FreePorts.pick() : options.webPort(),
        options.region().isEmpty() ? ClusterOptions.REGION : options.region());
  }

  ClusterSettings withTaskManagers(int count) {
    return new ClusterSettings(
        databases,
        mysqlHome,
        shards,
        slots,
        count,
        application,
        scheduler,
        kafkaPort,
        kafkaControllerPort,
        zooKeeperPort,
        rpcPort,
        blobPort,
        webPort,
        region);
  }

  boolean isHighlyAvailable() {
    return zooKeeperPort != 0;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + kafkaPort;
  }

  String webAddress() {
    return "127.0.0.1:" + webPort;
  }
}
