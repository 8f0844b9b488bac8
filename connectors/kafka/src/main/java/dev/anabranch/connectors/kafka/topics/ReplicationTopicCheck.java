package dev.anabranch.connectors.kafka.topics;

import dev.anabranch.wire.DeadLetterWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the topics of a cross-region job with what it rests on, before it starts. Missing ones
 * are created if that is asked for; a topic that exists is never changed.
 */
public final class ReplicationTopicCheck {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PEER_TIMEOUT = Duration.ofSeconds(15);

  /** A start during a cut must not take long for it. */
  private static final Duration SHORT_PEER_TIMEOUT = Duration.ofSeconds(3);

  private static final Logger LOG = LoggerFactory.getLogger(ReplicationTopicCheck.class);
  private static final String CLEANUP_POLICY = "cleanup.policy";
  private static final String RETENTION = "retention.ms";
  private static final String ONE_DAY_MILLIS = "86400000";
  private static final String MAX_MESSAGE_BYTES = "max.message.bytes";
  private static final int DEFAULT_MAX_MESSAGE_BYTES = (1 << 20) + 12;

  private final TopicAdmin admin;
  private final Plan plan;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> created = new ArrayList<>();
  private final Map<String, String> ids = new HashMap<>();

  private ReplicationTopicCheck(TopicAdmin admin, Plan plan) {
    this.admin = admin;
    this.plan = plan;
  }

  /**
   * The job's topics in its own region, and what they must take.
   *
   * @param events of the region's own command job
   * @param createMissing null: a missing topic is a problem
   */
  public record Plan(
      String events,
      int eventsPartitions,
      String inbound,
      int inboundMaxBytes,
      String views,
      String conflicts,
      int viewsMaxBytes,
      String republish,
      String deadLetters,
      @Nullable NewTopics createMissing) {}

  /**
   * Asks the cluster.
   *
   * @throws IllegalStateException if it can't be asked
   */
  public static TopicReport run(KafkaConnection connection, Plan plan) {
    try (var admin = TopicAdmin.open(connection, TIMEOUT)) {
      return new ReplicationTopicCheck(admin, plan).run();
    }
  }

  /**
   * Number of partitions of a topic in a peer's cluster.
   *
   * @param option that would make the question unnecessary
   * @throws IllegalStateException if the cluster does not answer, or has no such topic
   */
  public static int partitions(KafkaConnection connection, String topic, String option) {
    try (var admin = TopicAdmin.open(connection, PEER_TIMEOUT)) {
      return admin
          .describe(topic)
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "there is no topic " + topic + " at " + connection.bootstrapServers()))
          .partitions()
          .size();
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          e.getMessage() + "; to start without that cluster, set " + option, e);
    }
  }

  /** How many partitions a peer's topic has; empty if the peer does not answer within seconds. */
  public static Optional<Integer> partitionsIfReachable(KafkaConnection connection, String topic) {
    try (var admin = TopicAdmin.open(connection, SHORT_PEER_TIMEOUT)) {
      return admin.describe(topic).map(found -> found.partitions().size());
    } catch (IllegalStateException e) {
      LOG.warn("How many partitions {} has can't be checked now: {}", topic, e.getMessage());
      return Optional.empty();
    }
  }

  private TopicReport run() {
    var events = require(plan.events, plan.eventsPartitions, Map.of(CLEANUP_POLICY, "delete"));
    if (events != null && events != plan.eventsPartitions) {
      problems.add(
          String.format(
              Locale.ROOT,
              "topic %s: it has %d partitions, needed are %d, as the region was created with",
              plan.events,
              events,
              plan.eventsPartitions));
    }
    checkPolicy(plan.events, "delete");
    var inboundPartitions =
        plan.createMissing == null ? plan.eventsPartitions : plan.createMissing.commandPartitions();
    require(plan.inbound, inboundPartitions, settings("delete", plan.inboundMaxBytes));
    checkPolicy(plan.inbound, "delete");
    checkSize(plan.inbound, plan.inboundMaxBytes);
    checkKept(plan.inbound);
    require(plan.views, plan.eventsPartitions, settings("compact", plan.viewsMaxBytes));
    checkPolicy(plan.views, "compact");
    checkSize(plan.views, plan.viewsMaxBytes);
    require(plan.conflicts, plan.eventsPartitions, settings("delete", plan.viewsMaxBytes));
    checkPolicy(plan.conflicts, "delete");
    checkSize(plan.conflicts, plan.viewsMaxBytes);
    require(plan.republish, 1, Map.of(CLEANUP_POLICY, "delete", RETENTION, ONE_DAY_MILLIS));
    checkPolicy(plan.republish, "delete");
    require(
        plan.deadLetters,
        1,
        settings("delete", plan.inboundMaxBytes + TopicCheck.DEAD_LETTER_EXTRA_BYTES));
    checkPolicy(plan.deadLetters, "delete");
    var deadLetterMaxBytes =
        Math.max(
            DeadLetterWire.MIN_RECORD_BYTES,
            Math.min(
                maxMessageBytes(plan.deadLetters, DEFAULT_MAX_MESSAGE_BYTES),
                plan.inboundMaxBytes + TopicCheck.DEAD_LETTER_EXTRA_BYTES));
    return new TopicReport(
        problems,
        warnings,
        List.of(),
        created,
        deadLetterMaxBytes,
        producible(plan.events),
        producible(plan.inbound),
        ids);
  }

  /** Number of partitions; null: the topic is missing, which is a problem. */
  private @Nullable Integer require(String topic, int partitions, Map<String, String> settings) {
    var described = admin.describe(topic);
    if (described.isPresent()) {
      TopicAdmin.idOf(described.get()).ifPresent(id -> ids.put(topic, id));
      TopicAdmin.withoutId(described.get()).ifPresent(problems::add);
      return described.get().partitions().size();
    }
    if (plan.createMissing == null) {
      problems.add(
          String.format(
              Locale.ROOT,
              "topic %s: it does not exist; create it with %d partitions and %s, or let the job create missing topics",
              topic,
              partitions,
              settings));
      return null;
    }
    var made =
        admin.create(
            new NewTopic(topic, partitions, plan.createMissing.replicationFactor())
                .configs(withRetention(topic, settings)));
    created.add(topic);
    TopicAdmin.idOf(made).ifPresent(id -> ids.put(topic, id));
    TopicAdmin.withoutId(made).ifPresent(problems::add);
    return made.partitions().size();
  }

  private Map<String, String> withRetention(String topic, Map<String, String> settings) {
    var all = new HashMap<>(settings);
    if (topic.equals(plan.events) || topic.equals(plan.inbound) || topic.equals(plan.conflicts)) {
      all.put(RETENTION, "-1");
    }
    return all;
  }

  private void checkPolicy(String topic, String needed) {
    var policy = setting(topic, CLEANUP_POLICY, needed);
    if (!policy.equals(needed)) {
      problems.add(
          "topic %s: %s is %s, needed is %s".formatted(topic, CLEANUP_POLICY, policy, needed));
    }
  }

  private void checkKept(String topic) {
    var millis = setting(topic, RETENTION, "-1");
    if (!millis.equals("-1")) {
      warnings.add(
          "topic %s: %s is %s: commits that the command job has not read by then must come from the other regions again; set it to -1"
              .formatted(topic, RETENTION, millis));
    }
  }

  private void checkSize(String topic, int needed) {
    var max = maxMessageBytes(topic, needed);
    if (max < needed) {
      problems.add(
          String.format(
              Locale.ROOT,
              "topic %s: %s is %d, needed are %d",
              topic,
              MAX_MESSAGE_BYTES,
              max,
              needed));
    }
  }

  private int producible(String topic) {
    var taken = maxMessageBytes(topic, TopicReport.MAX_ROW_BYTES);
    return Math.max(plan.inboundMaxBytes, Math.min(TopicReport.MAX_ROW_BYTES, taken));
  }

  private int maxMessageBytes(String topic, int otherwise) {
    return Integer.parseInt(setting(topic, MAX_MESSAGE_BYTES, Integer.toString(otherwise)));
  }

  private String setting(String topic, String name, String otherwise) {
    if (admin.describe(topic).isEmpty()) {
      return otherwise;
    }
    var settings = admin.topicSettings(topic);
    if (settings.isEmpty()) {
      var warning =
          "topic "
              + topic
              + ": its settings could not be checked, as this user may not read them; grant it DescribeConfigs";
      if (!warnings.contains(warning)) {
        warnings.add(warning);
      }
    }
    return settings.map(all -> all.getOrDefault(name, otherwise)).orElse(otherwise);
  }

  private static Map<String, String> settings(String policy, int maxBytes) {
    return Map.of(
        CLEANUP_POLICY,
        policy,
        MAX_MESSAGE_BYTES,
        Integer.toString(Math.max(maxBytes, DEFAULT_MAX_MESSAGE_BYTES)));
  }
}
