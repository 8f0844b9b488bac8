package dev.anabranch.playground.demo;

import dev.anabranch.embedded.RegionLinks;
import dev.anabranch.embedded.RegionTopology;
import dev.anabranch.embedded.RegionTopology.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

/** The configuration file of one of the demo's regions: the same as a real one's. */
final class DemoConfig {

  private static final int EVENTS_PARTITIONS = 8;

  private final RegionTopology topology;
  private final String region;
  private final StringBuilder text = new StringBuilder();

  private DemoConfig(RegionTopology topology, String region) {
    this.topology = topology;
    this.region = region;
  }

  static void write(
      Path file,
      String region,
      RegionTopology topology,
      RegionLinks links,
      DemoServers servers,
      Path checkpoints) {
    var config = new DemoConfig(topology, region);
    config.region(servers);
    config.peers(links);
    config.databases(servers);
    config.flink(checkpoints);
    try {
      // It holds passwords, if only of servers that nobody else can reach.
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, config.text);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write " + file, e);
    }
  }

  private void region(DemoServers servers) {
    text.append(
        String.format(
            Locale.ROOT,
            """
        # A region of `anabranch demo`. Databases, topics and checkpoints end with the demo.
        region:
          name: %s
          shard-count: 64
          events-partitions: %d
        kafka.bootstrap-servers: %s
        topics:
          create: true
          commands-partitions: 8
          replication-factor: 1
        """,
            region,
            EVENTS_PARTITIONS,
            servers.bootstrapServers()));
  }

  private void peers(RegionLinks links) {
    var peers = topology.peersOf(region);
    if (topology.regions().size() == 1) {
      return;
    }
    text.append(
        """
        regions:
          names: [%s]
          home: %s
        # Whose logs are read, here through a proxy that the demo cuts.
        peers: [%s]
        peer:
        """
            .formatted(
                String.join(", ", topology.regions()),
                topology.regions().get(0),
                String.join(", ", peers)));
    for (var peer : peers) {
      text.append(
          String.format(
              Locale.ROOT,
              """
            %s:
              bootstrap-servers: "%s"
              events-partitions: %d
          """,
              peer,
              links.bootstrapServers(new Link(region, peer)),
              EVENTS_PARTITIONS));
    }
  }

  private void databases(DemoServers servers) {
    text.append(
        """
        store:
          databases: [%s]
          database:
        """
            .formatted(String.join(", ", servers.databaseNames())));
    for (var name : servers.databaseNames()) {
      var database = servers.database(name);
      text.append(
          """
              %s:
                url: "%s"
                user: %s
                password: %s
          """
              .formatted(name, servers.jdbcUrl(name), database.user(), database.password()));
    }
    var queries = servers.database(DemoServers.QUERY_DATABASE);
    text.append(
        """
        # The tables of projections.
        query:
          url: "%s"
          user: %s
          password: %s
        """
            .formatted(servers.queryUrl(), queries.user(), queries.password()));
    if (topology.regions().size() == 1) {
      text.append(
          """
          # Those of events; nobody writes views where no other region is.
          projections:
            names: [balances, statement, popular_items]
          """);
    }
  }

  private void flink(Path checkpoints) {
    text.append(
        String.format(
            Locale.ROOT,
            """
        flink:
          parallelism.default: %d
          execution.checkpointing.dir: "%s"
        """,
            DemoRegions.parallelism(topology, region),
            checkpoints.toUri()));
  }
}
