package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.NewTopics;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.operators.command.CommandOperatorOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that can be set about a command job, checked.
 *
 * @param reserved topics of this region and of its peers to which no reply may go, whoever allows
 *     it
 * @param newTopics how to create missing topics; empty: a missing topic is an error
 * @param flink settings for Flink, by its own names
 */
public record CommandJobOptions(
    RegionOptions region,
    RegionsOptions regions,
    KafkaConnection kafka,
    Optional<NewTopics> newTopics,
    CommandsOptions commands,
    EventsOptions events,
    RepliesOptions replies,
    Set<String> reserved,
    DeadLettersOptions deadLetters,
    StoreOptions store,
    CommandOperatorOptions operator,
    Map<String, String> flink) {

  /** Stands for any number of keys. */
  static final JobOption<String> FLINK =
      JobOption.optional(
          key("flink.*")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Settings of Flink by its own names, such as `flink.parallelism.default`; they win"
                      + " over the cluster's configuration."),
          ValueRule.any("what Flink's documentation says"),
          "as the cluster is configured, else as the job sets it");

  private static final String FLINK_PREFIX = "flink.";

  /** Beginnings of other jobs' options: one file may hold the options of all jobs of a region. */
  private static final List<String> NOT_OURS =
      List.of("peer", "inbound.max-", "views.", "conflicts.", "hold.", "projection", "query.");

  /** The options by the heading under which the reference shows them. */
  static final Map<String, List<JobOption<?>>> SECTIONS = sections();

  public CommandJobOptions {
    flink = Map.copyOf(flink);
    reserved = Set.copyOf(reserved);
  }

  /**
   * Options of a command line: {@code --config FILE}, {@code --key value}, {@code -Dkey=value}.
   *
   * @throws dev.anabranch.jobs.config.InvalidOptionsException naming everything that is wrong
   */
  public static CommandJobOptions fromArgs(String... args) {
    return from(Settings.fromArgs(args));
  }

  /**
   * Options that were read already.
   *
   * @throws dev.anabranch.jobs.config.InvalidOptionsException naming everything that is wrong
   */
  public static CommandJobOptions from(Settings settings) {
    var reader = new OptionReader(settings);
    var options = read(reader);
    NOT_OURS.forEach(prefix -> reader.withPrefix(prefix, ","));
    reader.finish();
    return options;
  }

  private static CommandJobOptions read(OptionReader reader) {
    ProjectionJobOptions.leaveTo(reader);
    CrossRegionJobOptions.leaveTo(reader);
    var region = RegionOptions.read(reader);
    var databases = Math.max(1, reader.get(StoreOptions.DATABASES).size());
    var regions = RegionsOptions.read(reader, region.name());
    var operator = CommitOptions.read(reader, region, regions.map(), databases);
    var options =
        new CommandJobOptions(
            region,
            regions,
            KafkaOptions.read(reader),
            TopicOptions.read(reader),
            CommandsOptions.read(reader, region.name()),
            EventsOptions.read(reader, region.name()),
            RepliesOptions.read(reader, region.name()),
            ReservedTopics.read(reader, region.name(), regions),
            DeadLettersOptions.read(reader, region.name()),
            StoreOptions.read(
                reader, region, operator.batching().maxRows(), operator.maxCommitBytes()),
            operator,
            reader.withPrefix(FLINK_PREFIX, ";"));
    options.requireDistinctTopics(reader);
    FlinkSettings.check(reader, FLINK_PREFIX, options);
    return options;
  }

  /** A command that went to the events, or a reply that became a command, would be a fine mess. */
  private void requireDistinctTopics(OptionReader reader) {
    var options = new LinkedHashMap<JobOption<String>, String>();
    options.put(CommandsOptions.TOPIC, commands.topic());
    options.put(EventsOptions.TOPIC, events.topic());
    options.put(RepliesOptions.TOPIC, replies.topic());
    options.put(DeadLettersOptions.TOPIC, deadLetters.topic());
    regions.inboundTopic().ifPresent(topic -> options.put(RegionsOptions.INBOUND_TOPIC, topic));
    options.forEach(
        (option, topic) ->
            options.forEach(
                (other, otherTopic) ->
                    reader.require(
                        option.key().compareTo(other.key()) <= 0 || !topic.equals(otherTopic),
                        option,
                        "is the topic of " + other + " as well: each needs its own",
                        other)));
    for (var topic : new TreeSet<>(reserved)) {
      reader.require(
          !replies.allowedTopics().contains(topic),
          RepliesOptions.ALLOWED_TOPICS,
          "names " + topic + ", to which no reply may go");
    }
  }

  private static Map<String, List<JobOption<?>>> sections() {
    var sections = new LinkedHashMap<String, List<JobOption<?>>>();
    sections.put("Region", RegionOptions.ALL);
    sections.put("Regions", RegionsOptions.ALL);
    sections.put("Kafka", KafkaOptions.ALL);
    sections.put("Commands", CommandsOptions.ALL);
    sections.put("Events", EventsOptions.ALL);
    sections.put("Replies", RepliesOptions.ALL);
    sections.put("Dead letters", DeadLettersOptions.ALL);
    sections.put("Creation of topics", TopicOptions.ALL);
    sections.put("Event store", StoreOptions.ALL);
    sections.put("Commits", CommitOptions.COMMIT);
    sections.put("Aggregates", CommitOptions.AGGREGATES);
    sections.put("Flink", List.of(FLINK));
    return sections;
  }
}
