package dev.anabranch.jobs.region;

import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.KafkaBrokerConfig;
import dev.anabranch.embedded.KafkaProcess;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.embedded.network.TcpProxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The servers of all regions under test: one broker, two databases, one Flink cluster of two task
 * managers, started once per JVM and stopped after its last test.
 */
final class TestServers implements AutoCloseable {

  static final int DATABASES = 2;

  private static final int TASK_MANAGERS = 2;
  private static final int SLOTS_EACH = 4;

  /**
   * What a cluster has of its own. By default all of {@code org.apache.flink} would be taken from
   * it, and the class path of the tests, unlike a cluster's, has the connectors that a job's jar
   * brings.
   */
  private static final List<String> CLUSTER_CLASSES =
      List.of(
          "java.",
          "org.apache.flink.annotation.",
          "org.apache.flink.api.",
          "org.apache.flink.client.",
          "org.apache.flink.configuration.",
          "org.apache.flink.core.",
          "org.apache.flink.metrics.",
          "org.apache.flink.runtime.",
          "org.apache.flink.state.",
          "org.apache.flink.streaming.api.",
          "org.apache.flink.streaming.runtime.",
          "org.apache.flink.types.",
          "org.apache.flink.util.",
          "org.apache.logging.",
          "org.rocksdb.",
          "org.slf4j.");

  private final WorkDirectory directory = WorkDirectory.create("region");
  private final KafkaProcess kafka;
  private final TcpProxy kafkaProxy;
  private final List<EmbeddedDatabase> databases;
  private final List<TcpProxy> databaseProxies;
  private final InMemoryReporter metrics = InMemoryReporter.create();
  private final MiniCluster flink;

  private TestServers() {
    var broker =
        CompletableFuture.supplyAsync(
            () ->
                KafkaProcess.start(
                    KafkaBrokerConfig.in(directory.resolve("kafka")).withProxies(2)));
    var cluster = CompletableFuture.supplyAsync(() -> startFlink(metrics));
    var servers =
        IntStream.range(0, DATABASES)
            .mapToObj(i -> directory.resolve("database-" + i))
            .map(path -> CompletableFuture.supplyAsync(() -> EmbeddedDatabase.start(path)))
            .toList();
    kafka = broker.join();
    kafkaProxy = kafka.openProxy(0);
    databases = servers.stream().map(CompletableFuture::join).toList();
    databaseProxies = databases.stream().map(database -> TcpProxy.open(database.port())).toList();
    flink = cluster.join();
  }

  /** Those of this JVM. */
  static TestServers of(ExtensionContext test) {
    return test.getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .getOrComputeIfAbsent(TestServers.class, key -> new TestServers(), TestServers.class);
  }

  WorkDirectory directory() {
    return directory;
  }

  KafkaProcess kafka() {
    return kafka;
  }

  TcpProxy kafkaProxy() {
    return kafkaProxy;
  }

  EmbeddedDatabase database(int index) {
    return databases.get(index);
  }

  TcpProxy databaseProxy(int index) {
    return databaseProxies.get(index);
  }

  MiniCluster flink() {
    return flink;
  }

  InMemoryReporter metrics() {
    return metrics;
  }

  /** Kills every task manager, with all tasks on them, and starts as many new ones. */
  void replaceTaskManagers() {
    try {
      for (var i = 0; i < TASK_MANAGERS; i++) {
        flink.terminateTaskManager(i).get(30, TimeUnit.SECONDS);
        flink.startTaskManager();
      }
    } catch (Exception e) {
      throw new IllegalStateException("the task managers could not be replaced", e);
    }
  }

  /** Undoes what a test has left broken. */
  void repair() {
    kafkaProxy.heal();
    databaseProxies.forEach(TcpProxy::heal);
    if (!kafka.isRunning()) {
      kafka.restart();
    }
    databases.stream().filter(database -> !database.isRunning()).forEach(EmbeddedDatabase::restart);
  }

  @Override
  public void close() throws Exception {
    flink.closeAsync().get(60, TimeUnit.SECONDS);
    kafkaProxy.close();
    databaseProxies.forEach(TcpProxy::close);
    kafka.close();
    databases.forEach(EmbeddedDatabase::close);
    directory.close();
  }

  private static MiniCluster startFlink(InMemoryReporter metrics) {
    var settings = metrics.addToConfiguration(new Configuration());
    settings.set(CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS, CLUSTER_CLASSES);
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    var cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(TASK_MANAGERS)
                .setNumSlotsPerTaskManager(SLOTS_EACH)
                .withRandomPorts()
                .build());
    try {
      cluster.start();
    } catch (Exception e) {
      throw new IllegalStateException("the Flink cluster does not start", e);
    }
    return cluster;
  }
}
