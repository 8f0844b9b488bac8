package dev.anabranch.jobs.checks;

import dev.anabranch.connectors.kafka.source.Reading;
import dev.anabranch.connectors.kafka.topics.ReplicationTopicCheck;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.jobs.options.PeerOptions;
import dev.anabranch.jobs.options.StoreOptions;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the outside before a cross-region job starts. */
public final class CrossRegionStartCheck {

  private static final Logger LOG = LoggerFactory.getLogger(CrossRegionStartCheck.class);

  private CrossRegionStartCheck() {}

  /**
   * What a start has to know.
   *
   * @param layout of the own store
   * @param partitions of the peers' events topics, by region
   * @param deadLetterMaxBytes largest record for the dead-letter topic
   * @param eventsMaxBytes largest record for the events topic
   * @param inboundMaxBytes largest record for the inbound topic
   * @param watched topics that the job writes
   * @param losses rows of the own log that people have given up, of the databases that answer
   */
  public record Found(
      StoreLayout layout,
      Map<String, Integer> partitions,
      int deadLetterMaxBytes,
      int eventsMaxBytes,
      int inboundMaxBytes,
      Map<String, Reading.Watched> watched,
      List<AcceptedLoss> losses) {
    public Found {
      losses = List.copyOf(losses);
      partitions = Map.copyOf(partitions);
    }

    public int partitionsOf(String peer) {
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
  public static Found run(CrossRegionJobOptions options) {
    StartCheck.warnOfConnections(options.store());
    migrate(options.store());
    StoreLayout layout;
    List<AcceptedLoss> losses;
    try (var store = new MySqlEventStoreFactory(options.store().config()).open()) {
      layout = store.layout();
      losses = acceptedLosses(store);
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
    var remedies = remedies(options);
    TopicIdentities.madeAnew(options.store().config(), report.ids(), remedies);
    return new Found(
        layout,
        peerPartitions(options),
        Math.min(limit, report.deadLetterMaxBytes()),
        report.eventsMaxBytes(),
        report.inboundMaxBytes(),
        TopicIdentities.watched(report.ids(), remedies),
        losses);
  }

  /**
   * Rows that were given up are still in the events topic. Where a database can't be asked, the job
   * finds that the store lacks them, and fails; the next start knows.
   */
  private static List<AcceptedLoss> acceptedLosses(EventStore store) {
    var losses = new ArrayList<AcceptedLoss>();
    var databases = store.layout().databases();
    for (var database = 0; database < databases.size(); database++) {
      try (var session = store.open(database)) {
        losses.addAll(session.acceptedLosses());
      } catch (StoreUnavailableException e) {
        LOG.warn(
            "Database {} can't be asked which losses of its rows were accepted: {}",
            databases.get(database),
            e.getMessage());
      }
    }
    return losses;
  }

  /** What to do about topics that the job writes, if they are made anew. */
  private static Map<String, String> remedies(CrossRegionJobOptions options) {
    var topics = options.topics();
    return Map.of(
        topics.inbound(),
        StartCheck.RELEASE_AGAIN,
        topics.views(),
        "Start this job without a checkpoint: it writes the views of all aggregates again. Then rebuild the projections"
            + " that follow them.",
        topics.conflicts(),
        "How conflicts stand is in the event store's table 'conflict'.",
        topics.republish(),
        "What is missed is asked for again.",
        options.deadLetters().topic(),
        "Who needs the dead letters takes them from a copy.");
  }

  private static Map<String, Integer> peerPartitions(CrossRegionJobOptions options) {
    var partitions = new HashMap<String, Integer>();
    for (var peer : options.peers()) {
      partitions.put(
          peer.region(),
          peer.partitions()
              .map(given -> checked(peer, given))
              .orElseGet(
                  () ->
                      ReplicationTopicCheck.partitions(
                          peer.kafka(),
                          peer.eventsTopic(),
                          PeerOptions.EVENTS_PARTITIONS.named(peer.region()).key())));
    }
    return partitions;
  }

  /**
   * Too few, and whole shards are never read; too many, and the job waits for what is not there.
   */
  private static int checked(PeerOptions peer, int given) {
    ReplicationTopicCheck.partitionsIfReachable(peer.kafka(), peer.eventsTopic())
        .filter(found -> found != given)
        .ifPresent(
            found -> {
              throw new IllegalStateException(
                  "topic "
                      + peer.eventsTopic()
                      + " of region "
                      + peer.region()
                      + " has "
                      + found
                      + " partitions, "
                      + PeerOptions.EVENTS_PARTITIONS.named(peer.region())
                      + " says "
                      + given
                      + ": correct the option");
            });
    return given;
  }

  private static void migrate(StoreOptions store) {
    var schema = new SchemaMigrator(store.config());
    try {
      if (store.migrate()) {
        schema.migrateAtStart();
      } else {
        schema.validate();
      }
    } catch (StoreUnavailableException e) {
      LOG.warn("The schema of some database can't be checked now: {}", e.getMessage());
    }
  }
}
