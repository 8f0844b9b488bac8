package dev.anabranch.embedded;

import dev.anabranch.embedded.RegionTopology.Link;
import dev.anabranch.embedded.network.TcpProxy;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network between regions: for each link a {@link TcpProxy} in front of the Kafka of the region
 * that is read, so that each can be cut and healed by itself.
 *
 * <p><b>Threads.</b> Safe for use by many.
 */
public final class RegionLinks implements AutoCloseable {

  private final Map<Link, TcpProxy> proxies = new LinkedHashMap<>();

  /**
   * @param brokers by region, each with at least {@link #proxiesOf} proxies
   */
  public RegionLinks(RegionTopology topology, Map<String, ? extends KafkaBroker> brokers) {
    for (var origin : topology.regions()) {
      var broker = brokers.get(origin);
      if (broker == null) {
        throw new IllegalArgumentException("region " + origin + " has no broker");
      }
      var index = 0;
      for (var reader : topology.readersOf(origin)) {
        proxies.put(new Link(reader, origin), broker.openProxy(index++));
      }
    }
  }

  /** How many proxies the broker of a region needs; a broker has at least one. */
  public static int proxiesOf(RegionTopology topology, String region) {
    return Math.max(1, topology.readersOf(region).size());
  }

  /** Where the reader of a link finds the Kafka of the region that it reads. */
  public String bootstrapServers(Link link) {
    return "127.0.0.1:" + proxy(link).port();
  }

  /** Resets all connections of these links, and refuses new ones. */
  public void cut(Collection<Link> links) {
    links.forEach(link -> proxy(link).cut());
  }

  /** Ends every fault of every link. */
  public void heal() {
    proxies.values().forEach(TcpProxy::heal);
  }

  @Override
  public void close() {
    List.copyOf(proxies.values()).forEach(TcpProxy::close);
  }

  private TcpProxy proxy(Link link) {
    var proxy = proxies.get(link);
    if (proxy == null) {
      throw new IllegalArgumentException("there is no " + link);
    }
    return proxy;
  }
}
