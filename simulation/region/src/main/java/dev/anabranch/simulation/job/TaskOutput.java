package dev.anabranch.simulation.job;

import dev.anabranch.checker.Fact;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.operators.command.CommandOperator;
import dev.anabranch.simulation.kafka.Producer;
import dev.anabranch.simulation.time.SimulatedMachine;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/** The chained sinks of a subtask: what leaves the operator goes to the topics, in its time. */
final class TaskOutput implements Output<StreamRecord<LogRow>> {

  private final World world;
  private final Producer<LogRow> events;
  private final Producer<CommandReply> replies;

  TaskOutput(World world, SimulatedMachine machine) {
    this.world = world;
    this.events =
        new Producer<>(
            world.time(), world.random().split(), machine, world.broker(), this::published);
    this.replies =
        new Producer<>(world.time(), world.random().split(), machine, world.broker(), this::told);
  }

  /** Whether the topics have all that was sent. */
  boolean isFlushed() {
    return events.isFlushed() && replies.isFlushed();
  }

  @Override
  public void collect(StreamRecord<LogRow> record) {
    var row = record.getValue();
    events.send(world.store().layout().partitionOf(row.shard()), row);
    world.time().maybeYield();
  }

  @Override
  public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
    if (CommandOperator.REPLIES.equals(tag)) {
      replies.send(0, (CommandReply) record.getValue());
      world.time().maybeYield();
    }
  }

  private void published(LogRow row) {
    var partition = world.store().layout().partitionOf(row.shard());
    world.events().append(partition, row);
    world
        .record()
        .accept(
            new Fact.Published(
                world.micros(),
                partition,
                row.shard(),
                row.offset(),
                String.valueOf(row.outcome().commandId()),
                World.printOf(row, world.options().region())));
  }

  private void told(CommandReply reply) {
    var correlation = reply.target().correlationId();
    var call = correlation == null ? "" : new String(correlation, StandardCharsets.UTF_8);
    var backing = reply.backing();
    var body = reply.body();
    var outcome =
        String.join(
            "|",
            body.code(),
            body.message(),
            new TreeMap<>(body.details()).toString(),
            Long.toString(body.version()),
            new String(body.result(), StandardCharsets.UTF_8),
            backing == null ? "" : backing.revision());
    world
        .record()
        .accept(
            new Fact.Told(
                world.micros(),
                call,
                String.valueOf(reply.aggregate()),
                String.valueOf(reply.commandId()),
                reply.status().code(),
                outcome,
                backing == null
                    ? ""
                    : backing.position().shard() + "@" + backing.position().offset(),
                World.saw(
                    List.of(body.message(), new String(body.result(), StandardCharsets.UTF_8)))));
  }

  // -- Nothing of this leaves the operator.

  @Override
  public void emitWatermark(Watermark mark) {}

  @Override
  public void emitWatermark(WatermarkEvent mark) {}

  @Override
  public void emitWatermarkStatus(WatermarkStatus status) {}

  @Override
  public void emitLatencyMarker(LatencyMarker marker) {}

  @Override
  public void emitRecordAttributes(RecordAttributes attributes) {}

  @Override
  public void close() {}
}
