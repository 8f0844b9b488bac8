package dev.anabranch.benchmarks.server;

import dev.anabranch.causality.RegionId;
import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.store.StoreLayout;
import java.util.List;

/** What another region has published: the history of accounts that only it has changed. */
public final class PeerLog {

  public static final String REGION = "peer";

  private static final int COMMIT_MAX_BYTES = 900_000;
  private static final String STORE_ID = "00000000-0000-4000-8000-000000000001";

  private PeerLog() {}

  /** Publishes so many commits, and gives the topic. */
  static String fill(CellServers setting, int commits) {
    var options = setting.options();
    var broker = setting.broker();
    var topic = broker.newTopic("events-of-" + REGION, Database.EVENTS_PARTITIONS);
    var layout =
        new StoreLayout(
            new RegionId(REGION),
            STORE_ID,
            options.shards,
            Database.EVENTS_PARTITIONS,
            List.of("main"),
            new int[options.shards]);
    var history = DepositHistory.replicated(options, REGION);
    try (var publisher =
        new Republisher(
            KafkaConnection.to(broker.bootstrapServers()), topic, layout, COMMIT_MAX_BYTES)) {
      for (var i = 0; i < commits; i++) {
        publisher.publish(history.next());
      }
      publisher.flush();
    }
    return topic;
  }
}
