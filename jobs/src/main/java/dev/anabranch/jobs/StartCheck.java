package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.CommandSource;
import dev.anabranch.connectors.kafka.TopicCheck;
import dev.anabranch.connectors.kafka.TopicReport;
import dev.anabranch.connectors.mysql.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.SchemaMigrator;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the outside before a job starts: whether schema and topics are as the job needs them,
 * and where it has to begin to read.
 */
final class StartCheck {

  private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);

  private StartCheck() {}

  /**
   * What a start has to know.
   *
   * @param start where to read commands from if there is no checkpoint
   * @param deadLetterMaxBytes largest record for the dead-letter topic
   */
  record Found(StoreLayout layout, CommandSource.Start start, int deadLetterMaxBytes) {}

  /**
   * @throws RuntimeException if the job could not work; the message says what is wrong and the
   *     remedy
   */
  static Found run(CommandJobOptions options) {
    checkSchema(options.store());
    try (var store = new MySqlEventStoreFactory(options.store().config()).open()) {
      var topics = checkTopics(options, store.layout());
      var limit = options.deadLetters().maxBytes().orElse(Integer.MAX_VALUE);
      return new Found(
          store.layout(),
          startOf(options.commands().start(), store),
          Math.min(limit, topics.deadLetterMaxBytes()));
    }
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

  private static void checkSchema(StoreOptions store) {
    var schema = new SchemaMigrator(store.config());
    try {
      var unused = store.migrate() ? schema.migrateAtStart() : schema.validate();
    } catch (StoreUnavailableException e) {
      // The others' shards need not wait; the store checks each database when it can be reached.
      LOG.warn("The schema of some database can't be checked now: {}", e.getMessage());
    }
  }

  private static List<String> inputs(CommandJobOptions options) {
    var inputs = new ArrayList<>(List.of(options.commands().topic()));
    options.regions().inboundTopic().ifPresent(inputs::add);
    return inputs;
  }

  private static TopicReport checkTopics(CommandJobOptions options, StoreLayout layout) {
    var events = options.events();
    var report =
        TopicCheck.run(
                options.kafka(),
                new TopicCheck.Plan(
                    inputs(options),
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
