package dev.anabranch.embedded;

import dev.anabranch.embedded.network.TcpProxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How to run one Kafka broker.
 *
 * @param directory holds its data, settings and log; a directory that was used before is taken up
 *     again with its topics
 * @param proxies how many {@link TcpProxy proxies} may be opened in front of it, each a listener of
 *     its own that clients get to know under the proxy's port
 * @param heapMegabytes of a {@link KafkaProcess}; an {@link EmbeddedKafka} lives in the heap of its
 *     JVM
 * @param listeners further ways to the broker, each on a port of its own: names, and their security
 *     protocols as in Kafka's documentation
 * @param settings broker settings that override the ones made here
 */
public record KafkaBrokerConfig(
    Path directory,
    int proxies,
    int heapMegabytes,
    Map<String, String> listeners,
    Map<String, String> settings) {

  private static final int DEFAULT_HEAP_MEGABYTES = 512;

  public KafkaBrokerConfig {
    directory = directory.toAbsolutePath().normalize();
    listeners = Map.copyOf(listeners);
    settings = Map.copyOf(settings);
  }

  /** A broker with room for one proxy. */
  public static KafkaBrokerConfig in(Path directory) {
    return new KafkaBrokerConfig(directory, 1, DEFAULT_HEAP_MEGABYTES, Map.of(), Map.of());
  }

  public KafkaBrokerConfig withProxies(int count) {
    return new KafkaBrokerConfig(directory, count, heapMegabytes, listeners, settings);
  }

  public KafkaBrokerConfig withHeapMegabytes(int megabytes) {
    return new KafkaBrokerConfig(directory, proxies, megabytes, listeners, settings);
  }

  /** The largest batch of records that the broker accepts, 1 MiB unless set. */
  public KafkaBrokerConfig withMessageMaxBytes(int bytes) {
    return withSetting("message.max.bytes", Integer.toString(bytes));
  }

  public KafkaBrokerConfig withSetting(String key, String value) {
    var changed = new HashMap<>(settings);
    changed.put(key, value);
    return new KafkaBrokerConfig(directory, proxies, heapMegabytes, listeners, changed);
  }

  /**
   * Adds a listener, which {@link KafkaBroker#bootstrapServers(String)} gives the address of.
   *
   * @param protocol such as {@code SASL_SSL}; what it needs are {@link #withSetting settings}
   */
  public KafkaBrokerConfig withListener(String name, String protocol) {
    var more = new HashMap<>(listeners);
    more.put(name, protocol);
    return new KafkaBrokerConfig(directory, proxies, heapMegabytes, more, settings);
  }
}
