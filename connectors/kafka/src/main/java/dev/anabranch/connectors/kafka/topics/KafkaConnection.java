package dev.anabranch.connectors.kafka.topics;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;

/**
 * How to reach a Kafka cluster: its addresses, and what every client of it needs, such as TLS and
 * SASL settings.
 *
 * <p><b>Secrets.</b> Travel with the job graph, since tasks connect; never shown: {@link #toString}
 * names the properties without their values.
 *
 * @param bootstrapServers comma-separated {@code host:port}
 * @param clientProperties names and values as in Kafka's documentation, e.g. {@code
 *     security.protocol}
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> clientProperties)
    implements Serializable {

  public KafkaConnection {
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException("no Kafka address given; write host:port,host:port");
    }
    clientProperties = Map.copyOf(clientProperties);
  }

  public static KafkaConnection to(String bootstrapServers) {
    return new KafkaConnection(bootstrapServers, Map.of());
  }

  /** A fresh copy for one client to add its own settings to. */
  public Properties toProperties() {
    var properties = new Properties();
    properties.putAll(clientProperties);
    properties.setProperty("bootstrap.servers", bootstrapServers);
    return properties;
  }

  @Override
  public String toString() {
    return "KafkaConnection("
        + bootstrapServers
        + ", "
        + new TreeSet<>(clientProperties.keySet())
        + ")";
  }
}
