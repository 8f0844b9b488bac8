package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.ReplicationTopicCheck;
import dev.anabranch.connectors.mysql.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.SchemaMigrator;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreUnavailableException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the outside before a cross-region job starts. */
final class CrossRegionStartCheck {

  private static final Logger LOG = LoggerFactory.getLogger(CrossRegionStartCheck.class);

  private CrossRegionStartCheck() {}

  /**
   * What a start has to know.
   *
   * @param layout of the own store
   * @param partitions of the peers' events topics, by region
   * @param deadLetterMaxBytes largest record for the dead-letter topic
   */
  record Found(StoreLayout layout, Map<String, Integer> partitions, int deadLetterMaxBytes) {
    Found {
      partitions = Map.copyOf(partitions);
    }

    int partitionsOf(String peer) {
      var count = partitions.get(peer);
      if (count == null) {
        throw new IllegalArgumentException(peer + " is no peer");
      }
      return count;
    }
  }

  /**
   * @throws RuntimeException if the job could not work; the message says what is wrong and the
   *     remedy
   */
  static Found run(CrossRegionJobOptions options) {
    migrate(options.store());
    StoreLayout layout;
    try (var store = new MySqlEventStoreFactory(options.store().config()).open()) {
      layout = store.layout();
    }
    var topics = options.topics();
    var report =
        ReplicationTopicCheck.run(
                options.kafka(),
                new ReplicationTopicCheck.Plan(
                    options.eventsTopic(),
                    layout.eventsPartitions(),
                    topics.inbound(),
                    topics.inboundMaxBytes(),
                    topics.views(),
                    topics.conflicts(),
                    topics.viewsMaxBytes(),
                    topics.republish(),
                    options.deadLetters().topic(),
                    options.newTopics().orElse(null)))
            .orThrow();
    report.created().forEach(topic -> LOG.info("Created topic {}", topic));
    report.warnings().forEach(LOG::warn);
    var limit = options.deadLetters().maxBytes().orElse(Integer.MAX_VALUE);
    return new Found(layout, peerPartitions(options), Math.min(limit, report.deadLetterMaxBytes()));
  }

  private static Map<String, Integer> peerPartitions(CrossRegionJobOptions options) {
    var partitions = new HashMap<String, Integer>();
    for (var peer : options.peers()) {
      partitions.put(
          peer.region(),
          peer.partitions()
              .orElseGet(
                  () ->
                      ReplicationTopicCheck.partitions(
                          peer.kafka(),
                          peer.eventsTopic(),
                          PeerOptions.EVENTS_PARTITIONS.named(peer.region()).key())));
    }
    return partitions;
  }

  private static void migrate(StoreOptions store) {
    var schema = new SchemaMigrator(store.config());
    try {
      var unused = store.migrate() ? schema.migrateAtStart() : schema.validate();
    } catch (StoreUnavailableException e) {
      LOG.warn("The schema of some database can't be checked now: {}", e.getMessage());
    }
  }
}
