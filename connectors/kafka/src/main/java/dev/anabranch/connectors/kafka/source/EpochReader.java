package dev.anabranch.connectors.kafka.source;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;

/**
 * Flink's reader of partitions, which keeps with each position the epoch of the leader that took
 * the last record before it: in the splits that it gives to checkpoints, and in the offsets that it
 * commits to its group. A partition that has lost its end is told by it.
 *
 * <p><b>Threads.</b> As Flink's: records and checkpoints are the task's.
 */
final class EpochReader<T> extends KafkaSourceReader<T> {

  /** By partition, as of the last checkpoint. */
  private final Map<TopicPartition, Epoch> checkpointed;

  private EpochReader(
      Queue queue,
      Map<TopicPartition, Epoch> checkpointed,
      Supplier<SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit>> partitions,
      KafkaRecordDeserializationSchema<T> deserializer,
      Configuration configuration,
      SourceReaderContext context,
      KafkaSourceReaderMetrics metrics) {
    super(
        queue,
        new Fetchers(queue, partitions, checkpointed),
        new Emitter<>(deserializer),
        configuration,
        context,
        metrics);
    this.checkpointed = checkpointed;
  }

  static <T> EpochReader<T> of(
      Supplier<SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit>> partitions,
      KafkaRecordDeserializationSchema<T> deserializer,
      Properties properties,
      SourceReaderContext context,
      KafkaSourceReaderMetrics metrics) {
    var settings = new HashMap<String, String>();
    properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
    return new EpochReader<>(
        new Queue(),
        new HashMap<>(),
        partitions,
        deserializer,
        Configuration.fromMap(settings),
        context,
        metrics);
  }

  @Override
  protected KafkaPartitionSplitState initializedState(KafkaPartitionSplit split) {
    return new Position(IdentifiedSplit.of(split));
  }

  @Override
  protected KafkaPartitionSplit toSplitType(String splitId, KafkaPartitionSplitState state) {
    var position = (Position) state;
    checkpointed.put(position.getTopicPartition(), position.epoch);
    return new IdentifiedSplit(
        position.getTopicPartition(), position.getCurrentOffset(), "", position.epoch.number);
  }

  private static final class Queue
      extends FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>> {}

  /**
   * The epoch of the last record that was read.
   *
   * @param since offset of the first record that is known to have it
   */
  private record Epoch(int number, long since) {

    Epoch then(ConsumerRecord<?, ?> record) {
      int of = record.leaderEpoch().orElse(IdentifiedSplit.NO_EPOCH);
      return of == number ? this : new Epoch(of, record.offset());
    }

    /** Records of one epoch follow each other: all that are read behind its first one are of it. */
    OffsetAndMetadata with(OffsetAndMetadata offset) {
      return number != IdentifiedSplit.NO_EPOCH && offset.offset() > since
          ? new OffsetAndMetadata(offset.offset(), Optional.of(number), offset.metadata())
          : offset;
    }
  }

  /** How far a partition is read. */
  private static final class Position extends KafkaPartitionSplitState {
    private Epoch epoch;

    Position(IdentifiedSplit split) {
      super(split);
      epoch = new Epoch(split.leaderEpoch(), split.getStartingOffset() - 1);
    }
  }

  private static final class Emitter<T> extends KafkaRecordEmitter<T> {
    Emitter(KafkaRecordDeserializationSchema<T> deserializer) {
      super(deserializer);
    }

    @Override
    public void emitRecord(
        ConsumerRecord<byte[], byte[]> record,
        SourceOutput<T> output,
        KafkaPartitionSplitState state)
        throws Exception {
      super.emitRecord(record, output, state);
      var position = (Position) state;
      position.epoch = position.epoch.then(record);
    }
  }

  private static final class Fetchers extends KafkaSourceFetcherManager {
    private final Map<TopicPartition, Epoch> checkpointed;

    Fetchers(
        Queue queue,
        Supplier<SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit>> partitions,
        Map<TopicPartition, Epoch> checkpointed) {
      super(queue, partitions, finished -> {});
      this.checkpointed = checkpointed;
    }

    @Override
    public void commitOffsets(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      var known = new HashMap<TopicPartition, OffsetAndMetadata>();
      offsets.forEach(
          (partition, offset) -> {
            var epoch = checkpointed.get(partition);
            known.put(partition, epoch == null ? offset : epoch.with(offset));
          });
      super.commitOffsets(known, callback);
    }
  }
}
