package dev.anabranch.connectors.kafka.source;

import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.serde.LogRowTypeInfo;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.ForgetWire;
import dev.anabranch.wire.blob.WireFormatException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The row that a record of the events topic is.
 *
 * <p><b>Failure.</b> A record that is no row of this region is left out, with a warning: an
 * exception would make the job read it again for ever. If a row was in its place, the reader finds
 * a gap, and fills it from the store.
 */
final class EventDeserializer implements KafkaRecordDeserializationSchema<LogRow> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(EventDeserializer.class);

  private final String region;
  private final int shardCount;

  EventDeserializer(String region, int shardCount) {
    this.region = region;
    this.shardCount = shardCount;
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> kafka, Collector<LogRow> out) {
    EventWire.Published published;
    var message = KafkaRecords.fromConsumer(kafka);
    if (ForgetWire.isForget(message)) {
      // What it says is in the store too, from where readers of this source take it.
      LOG.warn(
          "Rows of region {} are given up, says {}-{}@{}: {}",
          region,
          kafka.topic(),
          kafka.partition(),
          kafka.offset(),
          described(message));
      return;
    }
    try {
      published = EventWire.decode(message);
    } catch (RuntimeException e) {
      leaveOut(kafka, "is no row: " + e.getMessage());
      return;
    }
    if (!published.region().equals(region)) {
      leaveOut(kafka, "is a row of region " + published.region() + ", not " + region);
    } else if (published.row().shard() >= shardCount) {
      leaveOut(kafka, "is of shard " + published.row().shard() + " of " + shardCount);
    } else {
      out.collect(published.row());
    }
  }

  private static Object described(MessageRecord message) {
    try {
      return ForgetWire.decode(message);
    } catch (WireFormatException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void leaveOut(ConsumerRecord<byte[], byte[]> kafka, String why) {
    LOG.warn(
        "Record {}-{}@{} {}; it is left out. Who writes to this topic?",
        kafka.topic(),
        kafka.partition(),
        kafka.offset(),
        why);
  }

  @Override
  public TypeInformation<LogRow> getProducedType() {
    return LogRowTypeInfo.INSTANCE;
  }
}
