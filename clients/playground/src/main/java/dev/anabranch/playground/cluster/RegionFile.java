package dev.anabranch.playground.cluster;

import dev.anabranch.embedded.DetachedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.function.Consumer;

/** The configuration file of the cluster's region: the same as a real one's. */
final class RegionFile {

  private static final String SCHEMA = "anabranch";
  private static final String QUERY_SCHEMA = "queries";

  private RegionFile() {}

  /** Writes it unless there is one: a person may have added options. */
  static void write(ClusterFolder folder, ClusterSettings settings, Consumer<String> say) {
    var file = folder.regionFile();
    var text = text(settings);
    try {
      if (!Files.exists(file)) {
        folder.write(file.getFileName().toString(), text);
      } else if (!Files.readString(file).equals(text)) {
        say.accept(
            "keeping " + file + " as it was changed; delete it, and `up` writes a fresh one");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static String text(ClusterSettings settings) {
    var names = settings.databases().stream().map(ClusterSettings.Database::name).toList();
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
        # The region of the local cluster, for its job and for `anabranch ... --config`.
        # Options that you add stay. Address, ports and passwords are those of the cluster's servers.
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
            settings.region(),
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
    text.append(
        """
        # The tables of projections, for `cluster submit JAR --job projections`.
        query:
          url: "%s"
          user: %s
          password: %s
        """
            .formatted(
                DetachedServer.jdbcUrl(QUERY_SCHEMA, settings.databases().get(0).port()),
                DetachedServer.databaseUser(),
                DetachedServer.databasePassword()));
    return text.toString();
  }
}
