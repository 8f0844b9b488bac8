package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.kafka.topics.TopicDirectory;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.wire.EventWire;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A row of the log as a record of the events topic, in the partition that carries its shard. */
final class EventSerializer implements KafkaRecordSerializationSchema<LogRow> {
  private static final long serialVersionUID = 1L;

  private final KafkaConnection connection;
  private final String topic;
  private final String region;
  private final int partitions;
  private final int[] partitionOfShard;

  EventSerializer(KafkaConnection connection, String topic, StoreLayout layout) {
    this.connection = connection;
    this.topic = topic;
    this.region = layout.region().value();
    this.partitions = layout.eventsPartitions();
    this.partitionOfShard = new int[layout.shardCount()];
    for (var shard = 0; shard < partitionOfShard.length; shard++) {
      partitionOfShard[shard] = layout.partitionOf(shard);
    }
  }

  /** Without this check a record for a partition that is not there blocks the task for minutes. */
  @Override
  public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink)
      throws InterruptedException {
    var found = TopicDirectory.require(connection, topic);
    if (found < partitions) {
      throw new IllegalStateException(
          "topic "
              + topic
              + " has "
              + found
              + " partitions, but the region was created with "
              + partitions
              + "; run kafka-topics.sh --bootstrap-server "
              + connection.bootstrapServers()
              + " --alter --topic "
              + topic
              + " --partitions "
              + partitions);
    }
  }

  @Override
  public @Nullable ProducerRecord<byte[], byte[]> serialize(
      LogRow row, KafkaSinkContext sink, @Nullable Long timestamp) {
    return toRecord(row);
  }

  /** The record, or null for a row that is not published. */
  @Nullable ProducerRecord<byte[], byte[]> toRecord(LogRow row) {
    if (row.outcome().kind() == RowKind.MOVED) {
      // A fence inside one database: the shard's next row takes the same offset.
      return null;
    }
    return KafkaRecords.toProducer(
        topic, partitionOfShard[row.shard()], EventWire.encode(row, region));
  }
}
