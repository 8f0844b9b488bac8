package dev.anabranch.cli.demo;

import dev.anabranch.jobs.CommandJobOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The configuration file of the demo's region: the same as a real one's. */
final class DemoConfig {

  static final String REGION = "demo";

  private DemoConfig() {}

  /** Writes the file and reads it, as a command job does. */
  static CommandJobOptions write(Path file, DemoServers servers, Path checkpoints) {
    var text = new StringBuilder();
    text.append(
        """
        # The region of `anabranch demo`. Databases, topics and checkpoints end with the demo.
        region:
          name: %s
          shard-count: 64
          events-partitions: 8
        kafka.bootstrap-servers: %s
        topics:
          create: true
          commands-partitions: 8
          replication-factor: 1
        store:
          databases: [%s]
          database:
        """
            .formatted(
                REGION, servers.bootstrapServers(), String.join(", ", DemoServers.DATABASES)));
    for (var name : DemoServers.DATABASES) {
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
        flink:
          parallelism.default: 2
          execution.checkpointing.dir: "%s"
        """
            .formatted(
                servers.queryUrl(), queries.user(), queries.password(), checkpoints.toUri()));
    try {
      // It holds passwords, if only of servers that nobody else can reach.
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write " + file, e);
    }
    return CommandJobOptions.fromArgs("--config", file.toString());
  }
}
