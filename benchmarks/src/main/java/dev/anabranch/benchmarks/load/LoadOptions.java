package dev.anabranch.benchmarks.load;

import dev.anabranch.embedded.DatabaseKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all load runs have in common; the defaults are those of the published figures. */
public final class LoadOptions {

  @Option(
      names = "--warm-up",
      defaultValue = "PT8S",
      description = "Before each window (ISO 8601).")
  public Duration warmUp = Duration.ofSeconds(8);

  @Option(names = "--window", defaultValue = "PT12S", description = "That is measured.")
  public Duration window = Duration.ofSeconds(12);

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "How often each cell runs, in turn.")
  public int rounds = 5;

  @Option(names = "--aggregates", defaultValue = "10000", description = "Drawn evenly.")
  public int aggregates = 10_000;

  @Option(
      names = "--stored",
      defaultValue = "5000000",
      description = "Commits of the region with a history.")
  public int stored = 5_000_000;

  @Option(
      names = "--stored-aggregates",
      description = "How many aggregates they are of. Default: as many.")
  @Nullable Integer storedAggregates;

  @Option(names = "--event-bytes", defaultValue = "250", description = "Of each encoded event.")
  public int eventBytes = 250;

  @Option(names = "--shards", defaultValue = "128", description = "Of the region.")
  public int shards = 128;

  @Option(
      names = "--connections",
      defaultValue = "2",
      description = "To the database, in every cell; in Flink, lanes times parallelism.")
  public int connections = 2;

  @Option(names = "--batch", defaultValue = "500", description = "Most rows of one insert.")
  public int batch = 500;

  @Option(names = "--parallelism", defaultValue = "1", description = "Of Flink jobs.")
  public int parallelism = 1;

  @Option(
      names = "--checkpoints",
      split = ",",
      defaultValue = "PT5S",
      description = "Interval of Flink's; a list runs each cell with each.")
  public List<Duration> checkpoints = List.of(Duration.ofSeconds(5));

  private @Nullable Duration checkpointInterval;

  @Option(
      names = "--flink",
      paramLabel = "KEY=VALUE",
      description = "An option of Flink's, for every job; may be given several times.")
  public Map<String, String> flink = Map.of();

  @Option(
      names = "--cache",
      defaultValue = "50000",
      description = "Decoded aggregates on the heap of a subtask.")
  public int cache = 50_000;

  @Option(
      names = "--database",
      description =
          "mysql or mariadb; mysql needs -Danabranch.mysql.home. Default: as"
              + " -Danabranch.test.database says, else mariadb.")
  @Nullable String database;

  @Option(
      names = "--binlog",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether the database keeps a binary log, flushed at each commit.")
  public boolean binlog = true;

  @Option(
      names = "--database-argument",
      paramLabel = "ARGUMENT",
      description = "For the database's server; may be given several times.")
  public List<String> databaseArguments = List.of();

  @Option(names = "--pool-megabytes", defaultValue = "1024", description = "Of the database.")
  public int poolMegabytes = 1024;

  @Option(names = "--results", description = "Folder for the JSON file; none: only printed.")
  @Nullable
  public Path results;

  @Option(names = "--label", defaultValue = "run", description = "Names the JSON file.")
  public String label = "run";

  @Option(names = "--jfr", description = "Records the window of the last round's Flink job here.")
  @Nullable
  public Path jfr;

  public int storedAggregates() {
    return storedAggregates == null ? stored : storedAggregates;
  }

  /** That of the cell which runs. */
  public Duration checkpointInterval() {
    return checkpointInterval == null ? checkpoints.get(0) : checkpointInterval;
  }

  public void useCheckpoints(Duration interval) {
    checkpointInterval = interval;
  }

  public DatabaseKind databaseKind() {
    if (database == null) {
      return DatabaseKind.configured();
    }
    return DatabaseKind.valueOf(database.toUpperCase(java.util.Locale.ROOT));
  }

  public int lanesPerSubtask() {
    if (connections % parallelism != 0) {
      throw new IllegalArgumentException(
          connections + " connections can't be divided over " + parallelism + " subtasks");
    }
    return connections / parallelism;
  }
}
