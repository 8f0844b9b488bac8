package dev.anabranch.benchmarks.cell;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.benchmarks.load.Backlog;
import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.FlinkJob;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka and Flink cost without us: the same backlog, read, shuffled by key, put into RocksDB
 * in place of the key's last value, and written to another topic.
 */
final class PassThroughCell implements Cell {

  private static final TypeInformation<Tuple2<String, byte[]>> RECORD =
      Types.TUPLE(Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  private final CellKind kind;
  private final CellServers setting;

  PassThroughCell(CellKind kind, CellServers setting) {
    this.kind = kind;
    this.setting = setting;
  }

  @Override
  public String name() {
    return kind.toString();
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var count = setting.preload();
    var from = from();
    var broker = setting.broker();
    var topic = broker.newTopic("passed", Database.EVENTS_PARTITIONS);
    try (var checkpoints = new Checkpoints(setting.work());
        var job = start(from, checkpoints, topic)) {
      return new Backlog(
              count,
              () -> {
                job.requireAlive();
                return broker.records(topic);
              })
          .measure(setting.processes(), Recording.none());
    } finally {
      broker.delete(List.of(topic));
    }
  }

  private String from() {
    if (kind == CellKind.LOG_PASS_THROUGH) {
      return setting.peerLog(setting.preload());
    }
    setting.broker().requireBacklog(setting.options(), setting.preload());
    return Broker.BACKLOG;
  }

  private FlinkJob start(String from, Checkpoints checkpoints, String topic) throws Exception {
    var servers = setting.broker().bootstrapServers();
    var env = FlinkJob.environment(setting.options(), checkpoints.path());
    var source =
        KafkaSource.<Tuple2<String, byte[]>>builder()
            .setBootstrapServers(servers)
            .setTopics(from)
            .setGroupId(topic)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setDeserializer(new Read())
            .build();
    var sink =
        KafkaSink.<Tuple2<String, byte[]>>builder()
            .setBootstrapServers(servers)
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(new Write(topic))
            .build();
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "backlog", RECORD)
        .keyBy(record -> record.f0, Types.STRING)
        .process(new Remember())
        .returns(RECORD)
        .name("pass-through")
        .sinkTo(sink);
    return FlinkJob.start(env, "pass-through");
  }

  private static final class Read
      implements KafkaRecordDeserializationSchema<Tuple2<String, byte[]>> {
    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(
        ConsumerRecord<byte[], byte[]> kafka, Collector<Tuple2<String, byte[]>> out) {
      out.collect(Tuple2.of(new String(kafka.key(), UTF_8), kafka.value()));
    }

    @Override
    public TypeInformation<Tuple2<String, byte[]>> getProducedType() {
      return RECORD;
    }
  }

  private record Write(String topic)
      implements KafkaRecordSerializationSchema<Tuple2<String, byte[]>> {
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        Tuple2<String, byte[]> record, KafkaSinkContext context, @Nullable Long timestamp) {
      return new ProducerRecord<>(topic, record.f0.getBytes(UTF_8), record.f1);
    }
  }

  private static final class Remember
      extends KeyedProcessFunction<String, Tuple2<String, byte[]>, Tuple2<String, byte[]>> {
    private static final long serialVersionUID = 1L;

    private transient @Nullable ValueState<byte[]> last;

    @Override
    public void open(OpenContext context) {
      last =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>(
                      "last", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(
        Tuple2<String, byte[]> record, Context context, Collector<Tuple2<String, byte[]>> out)
        throws Exception {
      var state = last;
      if (state != null) {
        var before = state.value();
        if (before == null || before.length > 0) {
          state.update(record.f1);
        }
      }
      out.collect(record);
    }
  }
}
