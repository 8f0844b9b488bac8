package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.Backlog;
import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.EchoedLog;
import dev.anabranch.benchmarks.server.FlinkJob;
import dev.anabranch.connectors.kafka.sink.ReplicationSinks;
import dev.anabranch.connectors.kafka.source.PublishedLogSource;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.serde.CommandRecordTypeInfo;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@link MergeCell} without its work: a peer's commits and the region's own log are
 * read, shuffled by aggregate and put into RocksDB; each commit of the peer is written twice, as
 * merging writes it to {@code inbound} and its view, and comes back in the own log.
 */
final class MergePassThroughCell implements Cell {

  private final CellServers setting;

  MergePassThroughCell(CellServers setting) {
    this.setting = setting;
  }

  @Override
  public String name() {
    return CellKind.MERGE_PASS_THROUGH.toString();
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var count = setting.preload();
    var broker = setting.broker();
    var log = setting.peerLog(count);
    var events = broker.newTopic("events", Database.EVENTS_PARTITIONS);
    var inbound = broker.newTopic("inbound", Broker.PARTITIONS);
    var views = broker.newCompactedTopic("views", Database.EVENTS_PARTITIONS);
    try (var schema = setting.database().newSchema();
        var checkpoints = new Checkpoints(setting.work());
        var ownLog = EchoedLog.follow(broker, schema, inbound, events);
        var job = start(checkpoints, log, events, List.of(inbound, views))) {
      return new Backlog(
              count,
              () -> {
                job.requireAlive();
                ownLog.requireAlive();
                return broker.records(inbound);
              })
          .measure(setting.processes(), Recording.none());
    } finally {
      broker.delete(List.of(events, inbound, views));
    }
  }

  private FlinkJob start(Checkpoints checkpoints, String log, String events, List<String> into)
      throws Exception {
    var kafka = KafkaConnection.to(setting.broker().bootstrapServers());
    var env = FlinkJob.environment(setting.options(), checkpoints.path());
    var passed =
        source(env, kafka, log)
            .union(source(env, kafka, events))
            .keyBy(CommandRecord::routingKey, Types.STRING)
            .process(new Remember(log), CommandRecordTypeInfo.INSTANCE)
            .name("pass-through");
    into.forEach(topic -> passed.sinkTo(ReplicationSinks.requests(kafka, topic)));
    return FlinkJob.start(env, name());
  }

  private static DataStream<CommandRecord> source(
      StreamExecutionEnvironment env, KafkaConnection kafka, String topic) {
    return env.fromSource(
        PublishedLogSource.of(kafka, topic, Database.EVENTS_PARTITIONS, topic),
        WatermarkStrategy.noWatermarks(),
        topic,
        CommandRecordTypeInfo.INSTANCE);
  }

  private static final class Remember
      extends KeyedProcessFunction<String, CommandRecord, CommandRecord> {
    private static final long serialVersionUID = 1L;

    private final String passOn;
    private transient @Nullable ValueState<byte[]> last;

    Remember(String passOn) {
      this.passOn = passOn;
    }

    @Override
    public void open(OpenContext context) {
      last =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>(
                      "last", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(CommandRecord record, Context context, Collector<CommandRecord> out)
        throws Exception {
      var state = last;
      var value = record.message().value();
      if (state != null && value != null) {
        var before = state.value();
        if (before == null || before.length > 0) {
          state.update(value);
        }
      }
      if (record.source().topic().equals(passOn)) {
        out.collect(record);
      }
    }
  }
}
