package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.DeadLetterSink;
import dev.anabranch.connectors.kafka.PublishedLogSource;
import dev.anabranch.connectors.kafka.ReplicationSinks;
import dev.anabranch.connectors.mysql.ConflictTableSink;
import dev.anabranch.connectors.mysql.MySqlEventStoreFactory;
import dev.anabranch.model.AggregateView;
import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.ConflictRecord;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.PublishedRow;
import dev.anabranch.store.EventStoreFactory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/**
 * The outside of a cross-region job: all that it reads from and writes to.
 *
 * @param logs the published logs by region, the own one among them
 */
record CrossRegionEndpoints(
    Map<String, Source<CommandRecord, ?, ?>> logs,
    EventStoreFactory store,
    Sink<PublishedRow> inbound,
    Sink<AggregateView> views,
    Sink<ConflictRecord> conflicts,
    Sink<ConflictRecord> conflictTable,
    Sink<DeadLetter> deadLetters) {

  CrossRegionEndpoints {
    logs = Collections.unmodifiableMap(new LinkedHashMap<>(logs));
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
            kafka, options.eventsTopic(), found.ownPartitions(), "anabranch-" + own + "-own"));
    for (var peer : options.peers()) {
      logs.put(
          peer.region(),
          PublishedLogSource.of(
              peer.kafka(),
              peer.eventsTopic(),
              found.partitionsOf(peer.region()),
              "anabranch-" + own + "-reads-" + peer.region()));
    }
    return new CrossRegionEndpoints(
        logs,
        new MySqlEventStoreFactory(options.store().config()),
        ReplicationSinks.inbound(kafka, topics.inbound(), topics.inboundMaxBytes()),
        ReplicationSinks.views(kafka, topics.views(), topics.viewsMaxBytes()),
        ReplicationSinks.conflicts(kafka, topics.conflicts(), topics.viewsMaxBytes()),
        new ConflictTableSink(options.store().config()),
        DeadLetterSink.of(
            kafka, options.deadLetters().topic(), found.deadLetterMaxBytes(), Map.of()));
  }
}
