package dev.anabranch.embedded;

import dev.anabranch.embedded.network.FreePorts;
import dev.anabranch.embedded.network.TcpProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * The ports, the settings and the formatted directory of one broker, made once and used for all its
 * runs. The only class that touches Kafka's internal ones.
 */
final class BrokerFiles {

  private static final int NODE_ID = 1;
  private static final String CLIENTS = "CLIENTS";
  private static final String CONTROLLER = "CONTROLLER";

  private final KafkaBrokerConfig config;
  private final int clientPort;
  private final int controllerPort;
  private final List<ProxyPorts> proxyPorts = new ArrayList<>();
  private final Map<String, Integer> listenerPorts = new TreeMap<>();
  private final Properties settings;

  /** Where a proxy listens, and the broker's listener behind it. */
  private record ProxyPorts(int proxy, int broker) {}

  private BrokerFiles(KafkaBrokerConfig config, int clientPort, int controllerPort) {
    this.config = config;
    this.clientPort = clientPort;
    this.controllerPort = controllerPort;
    for (int i = 0; i < config.proxies(); i++) {
      proxyPorts.add(new ProxyPorts(FreePorts.pick(), FreePorts.pick()));
    }
    config.listeners().keySet().forEach(name -> listenerPorts.put(name, FreePorts.pick()));
    this.settings = settings();
  }

  /** Picks the ports and formats the directory unless it is formatted. */
  static BrokerFiles prepare(KafkaBrokerConfig config) {
    return prepare(config, FreePorts.pick(), FreePorts.pick());
  }

  /** Prepares files for ports that the caller keeps for all runs. */
  static BrokerFiles prepare(KafkaBrokerConfig config, int clientPort, int controllerPort) {
    PlainPath.require(config.directory(), "a broker's folder", "Name another one.");
    var files = new BrokerFiles(config, clientPort, controllerPort);
    try {
      Files.createDirectories(config.directory());
      // As bytes: then it escapes what Kafka's own tools would read as Latin-1.
      try (var out = Files.newOutputStream(files.settingsFile())) {
        files.settings.store(out, null);
      }
      files.format();
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare a broker in " + config.directory(), e);
    }
  }

  /** A server with the settings of a {@link #settingsFile()}, not started. */
  static KafkaRaftServer newServer(Path settingsFile) {
    var settings = new Properties();
    try (var in = Files.newInputStream(settingsFile)) {
      settings.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + settingsFile, e);
    }
    return new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
  }

  Path settingsFile() {
    return config.directory().resolve("server.properties");
  }

  String bootstrapServers() {
    return "127.0.0.1:" + clientPort;
  }

  String bootstrapServers(String listener) {
    var port = listenerPorts.get(listener);
    if (port == null) {
      throw new IllegalArgumentException(
          "no listener " + listener + "; there are " + listenerPorts.keySet());
    }
    return "127.0.0.1:" + port;
  }

  TcpProxy openProxy(int index) {
    var ports = proxyPorts.get(index);
    return TcpProxy.open(ports.proxy(), ports.broker());
  }

  private Path data() {
    return config.directory().resolve("data");
  }

  private void format() {
    if (Files.exists(data().resolve("meta.properties"))) {
      return;
    }
    String[] arguments = {
      "format", "--cluster-id=" + Uuid.randomUuid(), "--config=" + settingsFile(),
    };
    var output = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(arguments, new PrintStream(output, false, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IllegalStateException(
          "cannot format " + data() + ": " + output.toString(StandardCharsets.UTF_8));
    }
  }

  private Properties settings() {
    var all = new Properties();
    all.put("process.roles", "broker,controller");
    all.put("node.id", Integer.toString(NODE_ID));
    all.put("log.dirs", data().toString());
    addListeners(all);
    addSizesForOneSmallBroker(all);
    all.put("auto.create.topics.enable", "false");
    all.putAll(config.settings());
    return all;
  }

  private void addListeners(Properties all) {
    var listeners = new ArrayList<String>();
    var advertised = new ArrayList<String>();
    var protocols = new ArrayList<String>();
    listeners.add(address(CLIENTS, clientPort));
    advertised.add(address(CLIENTS, clientPort));
    protocols.add(CLIENTS + ":PLAINTEXT");
    for (int i = 0; i < proxyPorts.size(); i++) {
      listeners.add(address("PROXY" + i, proxyPorts.get(i).broker()));
      advertised.add(address("PROXY" + i, proxyPorts.get(i).proxy()));
      protocols.add("PROXY" + i + ":PLAINTEXT");
    }
    listenerPorts.forEach(
        (name, port) -> {
          listeners.add(address(name, port));
          advertised.add(address(name, port));
          protocols.add(name + ":" + config.listeners().get(name));
        });
    listeners.add(address(CONTROLLER, controllerPort));
    protocols.add(CONTROLLER + ":PLAINTEXT");
    all.put("listeners", String.join(",", listeners));
    all.put("advertised.listeners", String.join(",", advertised));
    all.put("listener.security.protocol.map", String.join(",", protocols));
    all.put("inter.broker.listener.name", CLIENTS);
    all.put("controller.listener.names", CONTROLLER);
    all.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
  }

  private static String address(String listener, int port) {
    return listener + "://127.0.0.1:" + port;
  }

  private static void addSizesForOneSmallBroker(Properties all) {
    all.put("default.replication.factor", "1");
    all.put("min.insync.replicas", "1");
    all.put("offsets.topic.replication.factor", "1");
    all.put("offsets.topic.num.partitions", "4");
    all.put("transaction.state.log.replication.factor", "1");
    all.put("transaction.state.log.min.isr", "1");
    all.put("transaction.state.log.num.partitions", "4");
    all.put("share.coordinator.state.topic.replication.factor", "1");
    all.put("share.coordinator.state.topic.min.isr", "1");
    all.put("share.coordinator.state.topic.num.partitions", "1");
    all.put("group.initial.rebalance.delay.ms", "0");
    // The default is 128 MiB of heap for each broker.
    all.put("log.cleaner.dedupe.buffer.size", "10485760");
    all.put("num.network.threads", "2");
    all.put("num.io.threads", "4");
  }
}
