package dev.anabranch.jobs.options;

import dev.anabranch.connectors.kafka.reader.KafkaViewLog;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that can be set about a projection job, checked.
 *
 * <p>One file may hold the options of all jobs of a region: each job leaves to the others what is
 * theirs.
 *
 * @param eventsTopic topic that the region's command job publishes to
 * @param viewsTopic topic that the region's cross-region job writes the aggregates' views to
 * @param flink settings for Flink, by its own names
 */
public record ProjectionJobOptions(
    RegionOptions region,
    KafkaConnection kafka,
    String eventsTopic,
    String viewsTopic,
    StoreOptions store,
    QueryOptions query,
    ProjectionsOptions projections,
    Map<String, String> flink) {

  private static final String FLINK_PREFIX = "flink.";

  /** Beginnings of the command job's options. */
  private static final List<String> NOT_OURS =
      List.of(
          "commands.",
          "events.",
          "replies.",
          "dead-letters.",
          "topics.",
          "commit.",
          "aggregates.",
          "regions.",
          "peer",
          "inbound.",
          "views.",
          "conflicts.",
          "hold.");

  /** The options by the heading under which the reference shows them. */
  static final Map<String, List<JobOption<?>>> SECTIONS = sections();

  public ProjectionJobOptions {
    flink = Map.copyOf(flink);
  }

  /**
   * Options of a command line: {@code --config FILE}, {@code --key value}, {@code -Dkey=value}.
   *
   * @throws dev.anabranch.jobs.config.InvalidOptionsException naming everything that is wrong
   */
  public static ProjectionJobOptions fromArgs(String... args) {
    return from(Settings.fromArgs(args));
  }

  /**
   * Reads the options of a region that need not have projections; empty if it has no query
   * database.
   *
   * @throws dev.anabranch.jobs.config.InvalidOptionsException naming everything that is wrong
   */
  public static Optional<ProjectionJobOptions> ifConfigured(String... args) {
    var settings = Settings.fromArgs(args);
    return new OptionReader(settings).isGiven(QueryOptions.URL)
        ? Optional.of(from(settings))
        : Optional.empty();
  }

  /**
   * Options that were read already.
   *
   * @throws dev.anabranch.jobs.config.InvalidOptionsException naming everything that is wrong
   */
  public static ProjectionJobOptions from(Settings settings) {
    var reader = new OptionReader(settings);
    NOT_OURS.forEach(prefix -> reader.withPrefix(prefix, ","));
    CrossRegionJobOptions.leaveTo(reader);
    var region = RegionOptions.read(reader);
    var options =
        new ProjectionJobOptions(
            region,
            KafkaOptions.read(reader),
            reader.find(EventsOptions.TOPIC).orElse("events." + region.name()),
            reader.find(ReplicationTopics.VIEWS_TOPIC).orElse("views." + region.name()),
            StoreOptions.read(
                reader,
                region,
                SessionSettings.DEFAULTS.maxRowsPerInsert(),
                SessionSettings.DEFAULTS.maxRowBytes()),
            QueryOptions.read(reader),
            ProjectionsOptions.read(reader, region.name(), region.shardCount()),
            reader.withPrefix(FLINK_PREFIX, ";"));
    FlinkSettings.check(reader, FLINK_PREFIX, region, options.flink);
    reader.finish();
    return options;
  }

  /** What projections of views follow. */
  public KafkaViewLog views() {
    return new KafkaViewLog(kafka, viewsTopic);
  }

  /** Takes note of the options of this job in the reader of another one. */
  static void leaveTo(OptionReader reader) {
    reader.withPrefix(QueryOptions.PREFIX, ",");
    reader.withPrefix(ProjectionsOptions.PREFIX, ",");
  }

  private static Map<String, List<JobOption<?>>> sections() {
    var sections = new LinkedHashMap<String, List<JobOption<?>>>();
    sections.put("Region", RegionOptions.ALL);
    sections.put("Kafka", KafkaOptions.ALL);
    sections.put("Events and views", List.of(EventsOptions.TOPIC, ReplicationTopics.VIEWS_TOPIC));
    sections.put("Event store", StoreOptions.ALL);
    sections.put("Query database", QueryOptions.ALL);
    sections.put("Projections", ProjectionsOptions.ALL);
    sections.put("Flink", List.of(CommandJobOptions.FLINK));
    return sections;
  }
}
