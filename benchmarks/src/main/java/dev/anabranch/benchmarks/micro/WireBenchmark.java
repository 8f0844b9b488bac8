package dev.anabranch.benchmarks.micro;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.EventWire;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Kafka's records of commands and events. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class WireBenchmark {

  private final MessageRecord command = Samples.commandMessage();
  private final LogRow row = Samples.row();
  private final MessageRecord event = EventWire.encode(row, "bench");

  @Benchmark
  public Optional<String> routeCommand() {
    return CommandWire.routingKey(command);
  }

  @Benchmark
  public CommandWire.Decoded decodeCommand() {
    return CommandWire.decode(command);
  }

  @Benchmark
  public int sizeOfEvent() {
    return EventWire.sizeOf(row.outcome(), "bench");
  }

  @Benchmark
  public MessageRecord encodeEvent() {
    return EventWire.encode(row, "bench");
  }

  @Benchmark
  public EventWire.Published decodeEvent() {
    return EventWire.decode(event);
  }
}
