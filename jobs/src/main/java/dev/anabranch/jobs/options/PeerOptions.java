package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.operators.replication.intake.PeerFilter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One connection: a region whose published log is read.
 *
 * @param republishTopic in which it asks for commits that it misses
 * @param partitions of its events topic; empty: it is asked for at the start
 * @param store its databases, from which rows are read that no topic has; none: it is not asked
 */
public record PeerOptions(
    String region,
    KafkaConnection kafka,
    String eventsTopic,
    String republishTopic,
    Optional<Integer> partitions,
    PeerFilter filter,
    List<DatabaseConfig> store) {

  public PeerOptions {
    store = List.copyOf(store);
  }

  private static final String PREFIX = "peer.";
  private static final String REGION = "[a-z0-9-]{1,16}";

  static final JobOption<List<String>> PEERS =
      JobOption.required(
          key("peers")
              .stringType()
              .asList()
              .noDefaultValue()
              .withDescription(
                  "Names of the regions whose published logs this region reads. Any connected"
                      + " topology will do: a region also passes on what it has from others."),
          ValueRule.eachMatching(
              REGION, "region names with commas between, each 1 to 16 of a-z, 0-9 and -"),
          List.of("b"));

  static final JobOption<String> BOOTSTRAP_SERVERS =
      JobOption.required(
          key(PREFIX + JobOption.NAME + ".bootstrap-servers")
              .stringType()
              .noDefaultValue()
              .withDescription("Addresses of some brokers of that region's Kafka cluster."),
          ValueRule.matching("[^\\s,]+:\\d+(\\s*,\\s*[^\\s,]+:\\d+)*", "host:port,host:port"),
          "kafka.b:9092");

  static final JobOption<String> EVENTS_TOPIC =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".events-topic")
              .stringType()
              .noDefaultValue()
              .withDescription("Topic to which that region publishes its log."),
          TopicOptions.TOPIC_RULE,
          "`events.` and the peer's name");

  public static final JobOption<Integer> EVENTS_PARTITIONS =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".events-partitions")
              .intType()
              .noDefaultValue()
              .withDescription(
                  "Number of partitions of that topic, `region.events-partitions` of the peer. Give"
                      + " it so that this job can be started while the peer is out of reach."),
          ValueRule.between(1, 32_768),
          "the peer's cluster is asked when the job is submitted");

  static final JobOption<String> REPUBLISH_TOPIC =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".republish-topic")
              .stringType()
              .noDefaultValue()
              .withDescription("Topic in which that region asks for commits that it misses."),
          TopicOptions.TOPIC_RULE,
          "`republish.` and the peer's name");

  /** Stands for any number of keys. */
  static final JobOption<String> PROPERTIES =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".properties.*")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Further settings of the Kafka clients of that connection, by Kafka's own names:"
                      + " credentials, TLS, buffer sizes for a long way."),
          ValueRule.any("what Kafka's documentation says"),
          "none");

  static final JobOption<List<String>> FILTER_TYPES =
      JobOption.withDefault(
          key(PREFIX + JobOption.NAME + ".filter.types")
              .stringType()
              .asList()
              .defaultValues()
              .withDescription("Aggregate types to take from that peer; none: all of them."),
          ValueRule.eachMatching("[A-Za-z0-9._-]{1,64}", "type names with commas between"));

  static final JobOption<String> FILTER_IDS =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".filter.id-pattern")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Regular expression that the whole id of an aggregate must match to be taken."),
          new ValueRule<>("a regular expression", PeerOptions::isPattern),
          "any id");

  static final JobOption<String> FILTER_PREDICATE =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".filter.predicate")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Name of a `ReplicationFilter` on the job's class path, which is asked as well."),
          ValueRule.matching("\\S{1,100}", "1 to 100 characters without spaces"),
          "none");

  static final JobOption<List<String>> STORE_DATABASES =
      JobOption.withDefault(
          key(PREFIX + JobOption.NAME + ".store.databases")
              .stringType()
              .asList()
              .defaultValues()
              .withDescription(
                  "Names of that region's databases, all of them: rows of its log that no topic has"
                      + " any more are read from there. None: they are missing until somebody"
                      + " publishes them again."),
          ValueRule.eachMatching(
              "[A-Za-z0-9_-]{1,32}",
              "names with commas between, each 1 to 32 of a-z, A-Z, 0-9, '_' and '-'"));

  private static final String STORE = ".store.database.";
  private static final String DATABASE = "<database>";

  private static <T> JobOption<T> ofStore(JobOption<T> option) {
    return DatabaseOptions.at(option, PREFIX + JobOption.NAME + STORE, DATABASE);
  }

  static final List<JobOption<?>> ALL =
      List.of(
          PEERS,
          BOOTSTRAP_SERVERS,
          EVENTS_TOPIC,
          EVENTS_PARTITIONS,
          REPUBLISH_TOPIC,
          PROPERTIES,
          FILTER_TYPES,
          FILTER_IDS,
          FILTER_PREDICATE,
          STORE_DATABASES,
          ofStore(DatabaseOptions.URL),
          ofStore(DatabaseOptions.USER),
          ofStore(DatabaseOptions.PASSWORD),
          ofStore(DatabaseOptions.PASSWORD_FILE));

  static List<PeerOptions> read(OptionReader reader, RegionId own) {
    var given = reader.get(PEERS);
    var names = new LinkedHashSet<>(given);
    reader.require(names.size() == given.size(), PEERS, "must not name a region twice");
    reader.require(!names.isEmpty(), PEERS, "must name at least one region");
    reader.require(
        !names.contains(own.value()),
        PEERS,
        "must not name this region, " + own + ": its own log is read anyway",
        RegionOptions.NAME);
    if (!reader.isFine(PEERS)) {
      reader.withPrefix(PREFIX, ",");
      return List.of();
    }
    refuseOthers(reader, names);
    var peers = new ArrayList<PeerOptions>();
    for (var name : names) {
      peers.add(
          new PeerOptions(
              name,
              new KafkaConnection(
                  reader.get(BOOTSTRAP_SERVERS.named(name)),
                  reader.withPrefix(PREFIX + name + ".properties.", ",")),
              reader.find(EVENTS_TOPIC.named(name)).orElse("events." + name),
              reader.find(REPUBLISH_TOPIC.named(name)).orElse("republish." + name),
              reader.find(EVENTS_PARTITIONS.named(name)),
              new PeerFilter(
                  reader.get(FILTER_TYPES.named(name)),
                  reader.find(FILTER_IDS.named(name)).orElse(""),
                  reader.find(FILTER_PREDICATE.named(name)).orElse("")),
              DatabaseOptions.readElsewhere(
                  reader, PREFIX + name + STORE, STORE_DATABASES.named(name))));
    }
    return peers;
  }

  /** Names that the options of peers have, for jobs that have no peers of their own. */
  static Set<String> names(OptionReader reader) {
    var names = new LinkedHashSet<String>();
    for (var key : reader.keysWithPrefix(PREFIX)) {
      var end = key.indexOf('.', PREFIX.length());
      if (end > PREFIX.length()) {
        names.add(key.substring(PREFIX.length(), end));
      }
    }
    return names;
  }

  private static void refuseOthers(OptionReader reader, Set<String> names) {
    for (var key : reader.keysWithPrefix(PREFIX)) {
      var rest = key.substring(PREFIX.length());
      var name = rest.substring(0, Math.max(0, rest.indexOf('.')));
      if (!names.contains(name)) {
        reader.refuse(key, "names no region of " + PEERS + ", " + names);
      }
    }
  }

  private static boolean isPattern(String text) {
    try {
      Pattern.compile(text);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
