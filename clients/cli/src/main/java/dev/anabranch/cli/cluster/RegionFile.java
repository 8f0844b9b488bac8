package dev.anabranch.cli.cluster;

import dev.anabranch.embedded.DetachedServer;
import java.util.Locale;

/** The configuration file of the cluster's region: the same as a real one's. */
final class RegionFile {

  static final String REGION = "local";
  private static final String SCHEMA = "anabranch";

  private RegionFile() {}

  static void write(ClusterFolder folder, ClusterSettings settings) {
    var names = settings.databases().stream().map(ClusterSettings.Database::name).toList();
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
        # The region of the local cluster, for its job and for `anabranch ... --config`.
        region:
          name: %s
          shard-count: %d
          events-partitions: %d
        kafka.bootstrap-servers: %s
        topics:
          create: true
          commands-partitions: 8
          replication-factor: 1
        store:
          databases: [%s]
          database:
        """,
            REGION,
            settings.shards(),
            Math.min(8, settings.shards()),
            settings.bootstrapServers(),
            String.join(", ", names)));
    for (var database : settings.databases()) {
      text.append(
          """
              %s:
                url: "%s"
                user: %s
                password: %s
          """
              .formatted(
                  database.name(),
                  DetachedServer.jdbcUrl(SCHEMA, database.port()),
                  DetachedServer.databaseUser(),
                  DetachedServer.databasePassword()));
    }
    folder.write("region.yaml", text.toString());
  }
}
