package dev.anabranch.connectors.kafka.source;

import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.serde.CommandRecordTypeInfo;
import dev.anabranch.wire.CommandWire;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a record who it is for, and nothing else: the rest passes as it came, so that the
 * operator can answer it, or show it in a dead letter.
 *
 * <p><b>Failure.</b> None: an exception here would make the job read the same record again for
 * ever.
 */
final class CommandDeserializer implements KafkaRecordDeserializationSchema<CommandRecord> {
  private static final long serialVersionUID = 1L;

  /** The topics of the reader that it belongs to; null if nobody knows. */
  private final transient @Nullable TopicIds ids;

  CommandDeserializer() {
    this(null);
  }

  CommandDeserializer(@Nullable TopicIds ids) {
    this.ids = ids;
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> kafka, Collector<CommandRecord> out) {
    var source =
        new SourcePosition(
            kafka.topic(),
            kafka.partition(),
            kafka.offset(),
            kafka.timestamp(),
            ids == null ? "" : ids.of(kafka.topic()),
            kafka.leaderEpoch().orElse(SourcePosition.UNKNOWN_EPOCH));
    var message = KafkaRecords.fromConsumer(kafka);
    var routingKey =
        CommandWire.routingKey(message).orElseGet(() -> CommandRecord.unroutable(source));
    out.collect(new CommandRecord(routingKey, message, source));
  }

  @Override
  public TypeInformation<CommandRecord> getProducedType() {
    return CommandRecordTypeInfo.INSTANCE;
  }
}
