package dev.anabranch.connectors.kafka.topics;

import dev.anabranch.wire.DeadLetterWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;

/**
 * Compares a region's topics with what its jobs rest on, before a job starts, and reports
 * everything that is wrong at once.
 *
 * <p>Topics that are missing are created if that is asked for; a topic that exists is never
 * changed.
 */
public final class TopicCheck {

  /** What a dead letter adds to the command that it carries. */
  public static final int DEAD_LETTER_EXTRA_BYTES = 64 << 10;

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String MAX_MESSAGE_BYTES = "max.message.bytes";
  private static final String CLEANUP_POLICY = "cleanup.policy";
  private static final String RETENTION_MILLIS = "retention.ms";
  private static final String MIN_IN_SYNC = "min.insync.replicas";
  private static final String TRANSACTION_MAX_TIMEOUT = "transaction.max.timeout.ms";

  /** Kafka's default, 1 MiB and the head of a batch. */
  private static final int DEFAULT_MAX_MESSAGE_BYTES = (1 << 20) + 12;

  private final KafkaConnection connection;
  private final Plan plan;

  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> facts = new ArrayList<>();
  private final List<String> created = new ArrayList<>();
  private final Map<String, String> ids = new HashMap<>();

  private TopicCheck(KafkaConnection connection, Plan plan) {
    this.connection = connection;
    this.plan = plan;
  }

  /**
   * The topics of a region and what they must take.
   *
   * @param inbound of other regions' commits; null: the region is alone
   * @param eventsPartitions as the region's store has it
   * @param commitMaxBytes largest encoded row
   * @param replyMaxBytes largest encoded reply
   * @param transactionTimeout of the exactly-once option; null: at least once
   * @param createMissing null: a missing topic is a problem
   */
  public record Plan(
      List<String> commands,
      @Nullable String inbound,
      String events,
      int eventsPartitions,
      int commitMaxBytes,
      String replies,
      int replyMaxBytes,
      String deadLetters,
      @Nullable Duration transactionTimeout,
      @Nullable NewTopics createMissing) {
    public Plan {
      commands = List.copyOf(commands);
    }
  }

  /** A topic as found. */
  private record Found(TopicDescription topic, Map<String, String> settings) {
    int partitions() {
      return topic.partitions().size();
    }

    int replication() {
      return topic.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0);
    }

    int setting(String name, int otherwise) {
      return Integer.parseInt(settings.getOrDefault(name, Integer.toString(otherwise)));
    }
  }

  /**
   * Asks the cluster.
   *
   * @throws IllegalStateException if it can't be asked
   */
  public static TopicReport run(KafkaConnection connection, Plan plan) {
    try (var admin = TopicAdmin.open(connection, TIMEOUT)) {
      return new TopicCheck(connection, plan).run(admin);
    }
  }

  private TopicReport run(TopicAdmin admin) {
    var commandMaxBytes = 0;
    for (var topic : plan.commands) {
      var found = find(admin, topic, newCommands(), Map.of());
      found.ifPresent(
          it -> checkPolicy(topic, it, "compaction removes commands that are not read yet"));
      commandMaxBytes = Math.max(commandMaxBytes, maxMessageBytes(found));
    }
    var inboundMaxBytes = 0;
    if (plan.inbound != null) {
      var inbound = plan.inbound;
      var found = find(admin, inbound, newCommands(), Map.of(RETENTION_MILLIS, "-1"));
      found.ifPresent(
          it -> checkPolicy(inbound, it, "compaction removes commits that are not read yet"));
      inboundMaxBytes = maxMessageBytes(found);
      commandMaxBytes = Math.max(commandMaxBytes, inboundMaxBytes);
    }
    // What comes from other regions is stored, and must be published like what is decided here.
    var rowMaxBytes = Math.max(plan.commitMaxBytes, inboundMaxBytes);
    var events = find(admin, plan.events, plan.eventsPartitions, eventsSettings(rowMaxBytes));
    events.ifPresent(found -> checkEvents(found, rowMaxBytes));
    find(admin, plan.replies, newReplies(), repliesSettings())
        .ifPresent(
            found -> {
              checkPolicy(plan.replies, found, "compaction removes replies that are not read yet");
              checkMaxMessageBytes(plan.replies, found, plan.replyMaxBytes);
            });
    var deadLetterMaxBytes = checkDeadLetters(admin, commandMaxBytes + DEAD_LETTER_EXTRA_BYTES);
    if (plan.transactionTimeout != null) {
      checkTransactionTimeout(admin, plan.transactionTimeout);
    }
    return new TopicReport(
        problems,
        warnings,
        facts,
        created,
        deadLetterMaxBytes,
        Math.max(rowMaxBytes, events.map(TopicCheck::producible).orElse(0)),
        inboundMaxBytes,
        ids);
  }

  private static int maxMessageBytes(Optional<Found> found) {
    return found
        .map(it -> it.setting(MAX_MESSAGE_BYTES, DEFAULT_MAX_MESSAGE_BYTES))
        .orElse(DEFAULT_MAX_MESSAGE_BYTES);
  }

  private static int producible(Found found) {
    return Math.min(
        TopicReport.MAX_ROW_BYTES, found.setting(MAX_MESSAGE_BYTES, TopicReport.MAX_ROW_BYTES));
  }

  private Optional<Found> find(
      TopicAdmin admin, String topic, int partitions, Map<String, String> settings) {
    var described = admin.describe(topic);
    if (described.isEmpty() && plan.createMissing != null) {
      var newTopic = new NewTopic(topic, partitions, plan.createMissing.replicationFactor());
      described = Optional.of(admin.create(newTopic.configs(settings)));
      created.add(topic);
    }
    if (described.isEmpty()) {
      problem(topic, "it does not exist", createCommand(topic, partitions, settings));
      return Optional.empty();
    }
    TopicAdmin.idOf(described.get()).ifPresent(id -> ids.put(topic, id));
    TopicAdmin.withoutId(described.get()).ifPresent(problems::add);
    var found =
        new Found(described.get(), admin.topicSettings(topic).orElseGet(() -> unread(topic)));
    describe(topic, found);
    return Optional.of(found);
  }

  private Map<String, String> unread(String topic) {
    warnings.add(
        "topic "
            + topic
            + ": its settings could not be checked, as this user may not read them;"
            + " grant it DescribeConfigs");
    return Map.of();
  }

  private void describe(String topic, Found found) {
    var replication = found.replication();
    var minInSync = found.setting(MIN_IN_SYNC, 1);
    facts.add(
        "topic "
            + topic
            + ": "
            + found.partitions()
            + " partitions, replication factor "
            + replication
            + ", "
            + MIN_IN_SYNC
            + " "
            + minInSync
            + ", "
            + RETENTION_MILLIS
            + " "
            + found.settings.getOrDefault(RETENTION_MILLIS, "unknown"));
    if (replication > 1 && minInSync < 2) {
      warnings.add(
          "topic "
              + topic
              + ": "
              + MIN_IN_SYNC
              + " is 1, so a record is acknowledged before a"
              + " second broker has it and can be lost with the first; "
              + alterCommand(topic, MIN_IN_SYNC, 2));
    }
    if (found.settings.getOrDefault("unclean.leader.election.enable", "false").equals("true")) {
      warnings.add(
          "topic "
              + topic
              + ": unclean.leader.election.enable is true, so acknowledged records can"
              + " be lost; "
              + alterCommand(topic, "unclean.leader.election.enable", false));
    }
  }

  private void checkEvents(Found found, int rowMaxBytes) {
    var topic = plan.events;
    var partitions = found.partitions();
    if (partitions != plan.eventsPartitions) {
      var mismatch =
          "it has "
              + partitions
              + " partitions, needed are "
              + plan.eventsPartitions
              + ", as the region was created with";
      problem(
          topic,
          mismatch,
          partitions < plan.eventsPartitions
              ? "run " + topicsTool("--alter", topic) + " --partitions " + plan.eventsPartitions
              : "Kafka can't take partitions away: delete the topic, let it be created again, and run"
                  + " `anabranch events republish`");
    }
    checkPolicy(topic, found, "compaction removes rows from the middle of the log");
    checkMaxMessageBytes(topic, found, rowMaxBytes);
  }

  private void checkPolicy(String topic, Found found, String why) {
    var policy = found.settings.getOrDefault(CLEANUP_POLICY, "delete");
    if (!policy.equals("delete")) {
      problem(
          topic,
          CLEANUP_POLICY + " is " + policy + ", needed is delete: " + why,
          alterCommand(topic, CLEANUP_POLICY, "delete"));
    }
  }

  private void checkMaxMessageBytes(String topic, Found found, int needed) {
    var max = found.setting(MAX_MESSAGE_BYTES, needed);
    if (max < needed) {
      problem(
          topic,
          MAX_MESSAGE_BYTES + " is " + max + ", needed are " + needed,
          alterCommand(topic, MAX_MESSAGE_BYTES, needed));
    }
  }

  private int checkDeadLetters(TopicAdmin admin, int needed) {
    var found =
        find(
            admin,
            plan.deadLetters,
            newDeadLetters(),
            Map.of(MAX_MESSAGE_BYTES, Integer.toString(needed)));
    if (found.isEmpty()) {
      return needed;
    }
    checkPolicy(
        plan.deadLetters, found.get(), "it takes no record without a key, and keeps one for each");
    // What can't be read is taken for the default: what is cut too much is better than refused.
    var max = found.get().setting(MAX_MESSAGE_BYTES, DEFAULT_MAX_MESSAGE_BYTES);
    if (max < DeadLetterWire.MIN_RECORD_BYTES) {
      checkMaxMessageBytes(plan.deadLetters, found.get(), needed);
    } else if (max < needed) {
      warnings.add(
          "topic "
              + plan.deadLetters
              + ": "
              + MAX_MESSAGE_BYTES
              + " is "
              + max
              + ", needed are "
              + needed
              + " to take the largest command with its reason; larger dead letters will be"
              + " cut; "
              + alterCommand(plan.deadLetters, MAX_MESSAGE_BYTES, needed));
    }
    return Math.min(max, needed);
  }

  private void checkTransactionTimeout(TopicAdmin admin, Duration timeout) {
    var max = admin.brokerSettings().map(settings -> settings.get(TRANSACTION_MAX_TIMEOUT));
    if (max.isEmpty()) {
      warnings.add(
          "the brokers' "
              + TRANSACTION_MAX_TIMEOUT
              + " could not be read; if it is below "
              + timeout.toMillis()
              + ", the events can't be published");
    } else if (Long.parseLong(max.get()) < timeout.toMillis()) {
      problems.add(
          "brokers: "
              + TRANSACTION_MAX_TIMEOUT
              + " is "
              + max.get()
              + ", needed are "
              + timeout.toMillis()
              + " for the transaction timeout of the exactly-once option; lower"
              + " the option or run kafka-configs.sh --bootstrap-server "
              + connection.bootstrapServers()
              + " --alter --entity-type brokers --entity-default"
              + " --add-config "
              + TRANSACTION_MAX_TIMEOUT
              + "="
              + timeout.toMillis());
    }
  }

  // -- How missing topics are made.

  private int newCommands() {
    return plan.createMissing == null
        ? plan.eventsPartitions
        : plan.createMissing.commandPartitions();
  }

  private int newReplies() {
    return plan.createMissing == null ? 4 : plan.createMissing.replyPartitions();
  }

  private int newDeadLetters() {
    return plan.createMissing == null ? 1 : plan.createMissing.deadLetterPartitions();
  }

  private Map<String, String> eventsSettings(int rowMaxBytes) {
    var retention = plan.createMissing == null ? null : plan.createMissing.eventsRetention();
    return Map.of(
        CLEANUP_POLICY,
        "delete",
        RETENTION_MILLIS,
        retention == null ? "-1" : Long.toString(retention.toMillis()),
        MAX_MESSAGE_BYTES,
        atLeastDefault(rowMaxBytes));
  }

  private Map<String, String> repliesSettings() {
    var settings = new HashMap<>(Map.of(MAX_MESSAGE_BYTES, atLeastDefault(plan.replyMaxBytes)));
    if (plan.createMissing != null) {
      settings.put(
          RETENTION_MILLIS, Long.toString(plan.createMissing.repliesRetention().toMillis()));
    }
    return settings;
  }

  private static String atLeastDefault(int maxBytes) {
    return Integer.toString(Math.max(maxBytes, DEFAULT_MAX_MESSAGE_BYTES));
  }

  // -- Texts.

  private void problem(String topic, String what, String remedy) {
    problems.add("topic " + topic + ": " + what + "; " + remedy);
  }

  private String createCommand(String topic, int partitions, Map<String, String> settings) {
    var command = new StringBuilder("run ").append(topicsTool("--create", topic));
    command.append(" --partitions ").append(partitions);
    settings.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(setting -> command.append(" --config ").append(setting));
    return command.append(", or let the job create missing topics").toString();
  }

  private String topicsTool(String action, String topic) {
    return "kafka-topics.sh --bootstrap-server "
        + connection.bootstrapServers()
        + " "
        + action
        + " --topic "
        + topic;
  }

  private String alterCommand(String topic, String setting, Object value) {
    return "run kafka-configs.sh --bootstrap-server "
        + connection.bootstrapServers()
        + " --alter --entity-type topics --entity-name "
        + topic
        + " --add-config "
        + setting
        + "="
        + value;
  }
}
