package dev.anabranch.benchmarks.micro;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.serde.CommandRecordSerializer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A command on its way from Flink's source to the operator of its shard. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class CommandSerializerBenchmark {

  private final CommandRecordSerializer serializer = new CommandRecordSerializer();
  private final CommandRecord command = Samples.commandRecord();
  private final DataOutputSerializer out = new DataOutputSerializer(1024);
  private final DataInputDeserializer in = new DataInputDeserializer();
  private final byte[] bytes = bytes();

  private byte[] bytes() {
    try {
      var fresh = new DataOutputSerializer(1024);
      serializer.serialize(command, fresh);
      return fresh.getCopyOfBuffer();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Benchmark
  public int serialize() throws IOException {
    out.clear();
    serializer.serialize(command, out);
    return out.length();
  }

  @Benchmark
  public CommandRecord deserialize() throws IOException {
    in.setBuffer(bytes);
    return serializer.deserialize(in);
  }
}
