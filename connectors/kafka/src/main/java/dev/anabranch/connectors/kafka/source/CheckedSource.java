package dev.anabranch.connectors.kafka.source;

import java.io.IOException;
import java.io.Serializable;
import java.util.Properties;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Topics that are read from where their positions still mean something; what is passed over or read
 * again is told. Kafka's client alone goes on at any offset that a topic of the same name has, and
 * at the first one, silently, where it has none.
 *
 * <p><b>Recovery.</b> Offsets live in Flink's checkpoints, in the form of {@link KafkaSource} with
 * the topic's id and the last record's leader epoch behind it.
 */
public final class CheckedSource<T>
    implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T> {

  private static final long serialVersionUID = 1L;

  /** Makes what turns records into values, for one reader. */
  public interface Deserialization<T>
      extends Function<TopicIds, KafkaRecordDeserializationSchema<T>>, Serializable {}

  /** Wraps the reader of partitions. */
  public interface Wrapping extends Serializable {
    /** Leaves the reader as it is. */
    Wrapping NONE = reader -> reader;

    SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> wrap(
        SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> reader);
  }

  /** All but the reader are its own. */
  private final KafkaSource<T> kafka;

  private final Properties properties;
  private final Reading reading;
  private final Deserialization<T> deserialization;
  private final Wrapping wrapping;

  /**
   * @param kafka finds the partitions
   * @param consumer properties of the consumer; a position without a record is its failure,
   *     whatever they say
   */
  public CheckedSource(
      KafkaSource<T> kafka,
      Properties consumer,
      Reading reading,
      Deserialization<T> deserialization,
      Wrapping wrapping) {
    this.kafka = kafka;
    this.properties = new Properties();
    this.properties.putAll(consumer);
    // What the builder of a Kafka source adds for its own reader.
    properties.setProperty(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    properties.setProperty(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    // Records that expire before they are read end the task; its restart says which.
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    this.reading = reading;
    this.deserialization = deserialization;
    this.wrapping = wrapping;
  }

  @Override
  public Boundedness getBoundedness() {
    return kafka.getBoundedness();
  }

  /** That of {@link KafkaSource}, behind a {@link CheckedReader}. */
  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    var ids = new TopicIds();
    var deserializer = deserialization.apply(ids);
    deserializer.open(new Context(context));
    var metrics = new KafkaSourceReaderMetrics(context.metricGroup());
    var reader =
        EpochReader.of(
            () -> wrapping.wrap(new KafkaPartitionSplitReader(properties, context, metrics)),
            deserializer,
            properties,
            context,
            metrics);
    return new CheckedReader<>(
        reader, reading, context.getIndexOfSubtask() == 0, ids, context.metricGroup());
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return kafka.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return kafka.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return new IdentifiedSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return kafka.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return kafka.getProducedType();
  }

  private record Context(SourceReaderContext reader)
      implements DeserializationSchema.InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return reader.metricGroup().addGroup("deserializer");
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return reader.getUserCodeClassLoader();
    }
  }
}
