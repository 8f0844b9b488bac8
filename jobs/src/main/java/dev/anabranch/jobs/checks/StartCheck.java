package dev.anabranch.jobs.checks;

import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.connectors.kafka.source.Reading;
import dev.anabranch.connectors.kafka.topics.GroupOffsets;
import dev.anabranch.connectors.kafka.topics.TopicCheck;
import dev.anabranch.connectors.kafka.topics.TopicReport;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.StoreOptions;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreUnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the outside before a job starts: whether schema and topics are as the job needs them,
 * and where it has to begin to read.
 */
public final class StartCheck {

  private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);

  /** What to do if commits of other regions are gone before they were read. */
  public static final String RELEASE_AGAIN =
      "Start the cross-region job without a checkpoint: it gives all commits of other regions again, and those that"
          + " are here already are dropped.";

  private StartCheck() {}

  /**
   * What a start has to know.
   *
   * @param start where to read commands from if there is no checkpoint
   * @param deadLetterMaxBytes largest record for the dead-letter topic
   * @param eventsMaxBytes largest record for the events topic
   * @param watched topics that the job writes
   */
  public record Found(
      StoreLayout layout,
      CommandSource.Start start,
      int deadLetterMaxBytes,
      int eventsMaxBytes,
      Map<String, Reading.Watched> watched) {}

  /**
   * @throws RuntimeException if the job could not work; the message says what is wrong and the
   *     remedy
   */
  public static Found run(CommandJobOptions options) {
    warnOfConnections(options.store());
    checkSchema(options.store());
    try (var store = new MySqlEventStoreFactory(options.store().config()).open()) {
      var topics = checkTopics(options, store.layout());
      var limit = options.deadLetters().maxBytes().orElse(Integer.MAX_VALUE);
      var written = remedies(options);
      var remedies = new HashMap<>(written);
      remedies.put(
          options.commands().topic(),
          "Without a checkpoint it is read from its first record on, whatever its group has committed.");
      options.regions().inboundTopic().ifPresent(topic -> remedies.put(topic, RELEASE_AGAIN));
      var anew =
          TopicIdentities.madeAnew(
              options.store().config(),
              topics.ids(),
              remedies,
              topic -> !topic.equals(options.commands().topic()) || isRewound(options));
      return new Found(
          store.layout(),
          anew.contains(options.commands().topic())
              ? CommandSource.Start.EARLIEST
              : startOf(options.commands().start(), store),
          Math.min(limit, topics.deadLetterMaxBytes()),
          topics.eventsMaxBytes(),
          TopicIdentities.watched(topics.ids(), written));
    }
  }

  /**
   * The id of a topic that was made anew is noted behind this: else a submission that fails after
   * it would leave a group that the next start trusts.
   */
  private static boolean isRewound(CommandJobOptions options) {
    var commands = options.commands();
    var problem = GroupOffsets.rewind(options.kafka(), commands.groupId(), commands.topic());
    problem.ifPresent(
        text ->
            LOG.warn(
                "What group {} has committed of topic {} before it was made anew stands: {}. Each start without a"
                    + " checkpoint reads the topic from its first record on until the group can be set back; the job's"
                    + " user needs Read on the group and on the topic",
                commands.groupId(),
                commands.topic(),
                text));
    return problem.isEmpty();
  }

  /** What to do about topics that the job writes, if they are made anew. */
  private static Map<String, String> remedies(CommandJobOptions options) {
    return Map.of(
        options.events().topic(),
        "Its rows are in the event store: run 'anabranch events republish'. Until then those who read the topic wait.",
        options.replies().topic(),
        "Clients that still wait send their commands again, and are answered.",
        options.deadLetters().topic(),
        "Who needs the dead letters takes them from a copy.");
  }

  /**
   * Where to begin: parked commands are in a checkpoint only, and Kafka's group may stand behind
   * them. What was handled is answered again from its row, so reading too much is safe.
   */
  static CommandSource.Start startOf(CommandSource.Start configured, EventStore store) {
    if (configured == CommandSource.Start.EARLIEST) {
      return configured;
    }
    var databases = store.layout().databases();
    for (var i = 0; i < databases.size(); i++) {
      if (mayHaveParked(store, i, databases.get(i))) {
        return CommandSource.Start.EARLIEST;
      }
    }
    return configured;
  }

  private static boolean mayHaveParked(EventStore store, int database, String name) {
    try (var session = store.open(database)) {
      if (session.hasParkedCommands()) {
        LOG.warn(
            "Database {} says that commands are parked: without a checkpoint, all commands are read"
                + " again",
            name);
        return true;
      }
      return false;
    } catch (StoreUnavailableException e) {
      LOG.warn(
          "Database {} can't say whether commands are parked: without a checkpoint, all commands are"
              + " read again. {}",
          name,
          e.getMessage());
      return true;
    }
  }

  /** Says which databases need not prove who they are. */
  public static void warnOfConnections(StoreOptions store) {
    store.config().databases().stream()
        .flatMap(database -> database.tlsWarning().stream())
        .forEach(LOG::warn);
  }

  private static void checkSchema(StoreOptions store) {
    var schema = new SchemaMigrator(store.config());
    try {
      if (store.migrate()) {
        schema.migrateAtStart();
      } else {
        schema.validate();
      }
    } catch (StoreUnavailableException e) {
      // The others' shards need not wait; the store checks each database when it can be reached.
      LOG.warn("The schema of some database can't be checked now: {}", e.getMessage());
    }
  }

  private static TopicReport checkTopics(CommandJobOptions options, StoreLayout layout) {
    var events = options.events();
    var report =
        TopicCheck.run(
                options.kafka(),
                new TopicCheck.Plan(
                    List.of(options.commands().topic()),
                    options.regions().inboundTopic().orElse(null),
                    events.topic(),
                    layout.eventsPartitions(),
                    options.operator().maxCommitBytes(),
                    options.replies().topic(),
                    options.replies().maxBytes(),
                    options.deadLetters().topic(),
                    events.isExactlyOnce() ? events.transactionTimeout() : null,
                    options.newTopics().orElse(null)))
            .orThrow();
    report.created().forEach(topic -> LOG.info("Created topic {}", topic));
    report.facts().forEach(LOG::info);
    report.warnings().forEach(LOG::warn);
    return report;
  }
}
