package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.reader.KafkaLogEnds;
import dev.anabranch.connectors.kafka.sink.DeadLetterSink;
import dev.anabranch.connectors.kafka.sink.EventSink;
import dev.anabranch.connectors.kafka.sink.ReplicationSinks;
import dev.anabranch.connectors.kafka.source.PublishedLogSource;
import dev.anabranch.connectors.mysql.conflict.ConflictTableSink;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.log.PeerStoreFactory;
import dev.anabranch.jobs.checks.CrossRegionStartCheck;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.LogEnds;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/**
 * The outside of a cross-region job: all that it reads from and writes to.
 *
 * @param logs the published logs by region, the own one among them
 * @param ends of those logs
 * @param losses rows of the own log that were given up
 * @param requests of the peers, for commits that they miss, by region
 * @param peerStores stores of peers that may be read, by region
 * @param ownRequests of this region and those that it passes on
 * @param republished into the own published log, again
 */
record CrossRegionEndpoints(
    Map<String, Source<CommandRecord, ?, ?>> logs,
    Map<String, LogEnds> ends,
    List<AcceptedLoss> losses,
    Map<String, Source<CommandRecord, ?, ?>> requests,
    EventStoreFactory store,
    Map<String, EventStoreFactory> peerStores,
    Sink<PublishedRow> inbound,
    Sink<AggregateView> views,
    Sink<ConflictRecord> conflicts,
    Sink<ConflictRecord> conflictTable,
    Sink<CommandRecord> ownRequests,
    Sink<LogRow> republished,
    Sink<DeadLetter> deadLetters) {

  CrossRegionEndpoints {
    logs = Collections.unmodifiableMap(new LinkedHashMap<>(logs));
    ends = Map.copyOf(ends);
    losses = List.copyOf(losses);
    peerStores = Map.copyOf(peerStores);
    requests = Collections.unmodifiableMap(new LinkedHashMap<>(requests));
  }

  /** Kafka and MySQL as configured. */
  static CrossRegionEndpoints of(CrossRegionJobOptions options, CrossRegionStartCheck.Found found) {
    var kafka = options.kafka();
    var topics = options.topics();
    var own = options.region().name().value();
    var logs = new LinkedHashMap<String, Source<CommandRecord, ?, ?>>();
    logs.put(
        own,
        PublishedLogSource.of(
            kafka,
            options.eventsTopic(),
            found.layout().eventsPartitions(),
            "anabranch-" + own + "-own",
            found.watched()));
    var ends = new HashMap<String, LogEnds>();
    ends.put(
        own, new KafkaLogEnds(kafka, options.eventsTopic(), found.layout().eventsPartitions()));
    var requests = new LinkedHashMap<String, Source<CommandRecord, ?, ?>>();
    var peerStores = new HashMap<String, EventStoreFactory>();
    for (var peer : options.peers()) {
      logs.put(
          peer.region(),
          PublishedLogSource.of(
              peer.kafka(),
              peer.eventsTopic(),
              found.partitionsOf(peer.region()),
              "anabranch-" + own + "-reads-" + peer.region()));
      ends.put(
          peer.region(),
          new KafkaLogEnds(peer.kafka(), peer.eventsTopic(), found.partitionsOf(peer.region())));
      if (!peer.store().isEmpty()) {
        peerStores.put(
            peer.region(),
            new PeerStoreFactory(peer.region(), peer.store(), SessionSettings.DEFAULTS));
      }
      requests.put(
          peer.region(),
          PublishedLogSource.of(
              peer.kafka(),
              peer.republishTopic(),
              1,
              "anabranch-" + own + "-asked-by-" + peer.region()));
    }
    return new CrossRegionEndpoints(
        logs,
        ends,
        found.losses(),
        requests,
        new MySqlEventStoreFactory(options.store().config()),
        peerStores,
        ReplicationSinks.inbound(kafka, topics.inbound(), found.inboundMaxBytes()),
        ReplicationSinks.views(kafka, topics.views(), topics.viewsMaxBytes()),
        ReplicationSinks.conflicts(kafka, topics.conflicts(), topics.viewsMaxBytes()),
        new ConflictTableSink(options.store().config()),
        ReplicationSinks.requests(kafka, topics.republish()),
        EventSink.builder(kafka, options.eventsTopic(), found.layout())
            .maxRecordBytes(found.eventsMaxBytes())
            .build(),
        DeadLetterSink.of(
            kafka, options.deadLetters().topic(), found.deadLetterMaxBytes(), Map.of()));
  }
}
