package dev.anabranch.jobs.options;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.NewTopics;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.operators.replication.ReplicationOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that can be set about a cross-region job, checked.
 *
 * <p>One file may hold the options of all jobs of a region: each job leaves to the others what is
 * theirs.
 *
 * @param kafka of the own region
 * @param eventsTopic to which the region's own command job publishes
 * @param newTopics how to create missing topics; empty: a missing topic is an error
 * @param flink settings for Flink, by its own names
 */
public record CrossRegionJobOptions(
    RegionOptions region,
    KafkaConnection kafka,
    String eventsTopic,
    List<PeerOptions> peers,
    ReplicationTopics topics,
    DeadLettersOptions deadLetters,
    Optional<NewTopics> newTopics,
    StoreOptions store,
    ReplicationOptions operator,
    Map<String, String> flink) {

  private static final String FLINK_PREFIX = "flink.";

  /** Beginnings of other jobs' options. */
  private static final List<String> NOT_OURS =
      List.of(
          "commands.",
          "events.",
          "replies.",
          "commit.",
          "aggregates.",
          "regions.",
          "projections.",
          "query.");

  /** The options by the heading under which the reference shows them. */
  static final Map<String, List<JobOption<?>>> SECTIONS = sections();

  public CrossRegionJobOptions {
    peers = List.copyOf(peers);
    flink = Map.copyOf(flink);
  }

  /**
   * Options of a command line: {@code --config FILE}, {@code --key value}, {@code -Dkey=value}.
   *
   * @throws dev.anabranch.jobs.config.InvalidOptionsException naming everything that is wrong
   */
  public static CrossRegionJobOptions fromArgs(String... args) {
    return from(Settings.fromArgs(args));
  }

  /**
   * Options that were read already.
   *
   * @throws dev.anabranch.jobs.config.InvalidOptionsException naming everything that is wrong
   */
  public static CrossRegionJobOptions from(Settings settings) {
    var reader = new OptionReader(settings);
    NOT_OURS.forEach(prefix -> reader.withPrefix(prefix, ","));
    ProjectionJobOptions.leaveTo(reader);
    var region = RegionOptions.read(reader);
    var peers = PeerOptions.read(reader, region.name());
    var options =
        new CrossRegionJobOptions(
            region,
            KafkaOptions.read(reader),
            reader.find(EventsOptions.TOPIC).orElse("events." + region.name()),
            peers,
            ReplicationTopics.read(reader, region.name()),
            DeadLettersOptions.read(reader, region.name()),
            TopicOptions.read(reader),
            StoreOptions.read(
                reader,
                region,
                SessionSettings.DEFAULTS.maxRowsPerInsert(),
                SessionSettings.DEFAULTS.maxRowBytes()),
            HoldOptions.read(reader, region, peers),
            reader.withPrefix(FLINK_PREFIX, ";"));
    options.requireDistinctTopics(reader);
    FlinkSettings.check(reader, FLINK_PREFIX, region, options.flink);
    reader.finish();
    return options;
  }

  /** Takes note of the options of this job in the reader of another one. */
  static void leaveTo(OptionReader reader) {
    // "peer" stands for "peers" and "peer.": both are options.
    for (var prefix :
        List.of("peer", "views.", "conflicts.", "hold.", "merge.", "inbound.", "republish.")) {
      reader.withPrefix(prefix, ",");
    }
  }

  private void requireDistinctTopics(OptionReader reader) {
    var options = new LinkedHashMap<JobOption<String>, String>();
    options.put(EventsOptions.TOPIC, eventsTopic);
    options.put(RegionsOptions.INBOUND_TOPIC, topics.inbound());
    options.put(ReplicationTopics.VIEWS_TOPIC, topics.views());
    options.put(ReplicationTopics.CONFLICTS_TOPIC, topics.conflicts());
    options.put(ReplicationTopics.REPUBLISH_TOPIC, topics.republish());
    options.put(DeadLettersOptions.TOPIC, deadLetters.topic());
    options.forEach(
        (option, topic) ->
            options.forEach(
                (other, otherTopic) ->
                    reader.require(
                        option.key().compareTo(other.key()) <= 0 || !topic.equals(otherTopic),
                        option,
                        "is the topic of " + other + " as well: each needs its own",
                        other)));
  }

  private static Map<String, List<JobOption<?>>> sections() {
    var sections = new LinkedHashMap<String, List<JobOption<?>>>();
    sections.put("Region", RegionOptions.ALL);
    sections.put("Regions", List.of(RegionsOptions.NAMES));
    sections.put("Kafka", KafkaOptions.ALL);
    sections.put("Events", List.of(EventsOptions.TOPIC));
    sections.put("Peers", PeerOptions.ALL);
    sections.put("What the job writes", ReplicationTopics.ALL);
    sections.put("Dead letters", DeadLettersOptions.ALL);
    sections.put("Creation of topics", TopicOptions.ALL);
    sections.put("What waits", HoldOptions.ALL);
    sections.put("Merging", MergeOptions.ALL);
    sections.put("Event store", StoreOptions.ALL);
    sections.put("Flink", List.of(CommandJobOptions.FLINK));
    return sections;
  }
}
