package dev.anabranch.benchmarks.micro;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.BenchmarkDomain.Account;
import dev.anabranch.benchmarks.load.BenchmarkDomain.Deposit;
import dev.anabranch.benchmarks.load.BenchmarkDomain.Deposited;
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

/** The user's messages as JSON: two of these per command. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class JsonCodecBenchmark {

  private final AggregateType<Account, Deposit, Deposited> type = BenchmarkDomain.type();
  private final EncodedMessage command = Samples.encodedCommand();
  private final Deposited event = Samples.event();
  private final Account state = new Account(3_456, 17);
  private final EncodedMessage encodedState = type.stateCodec().encode(state);

  @Benchmark
  public Deposit decodeCommand() {
    return type.commandCodec().decode(command);
  }

  @Benchmark
  public EncodedMessage encodeEvent() {
    return type.eventCodec().encode(event);
  }

  @Benchmark
  public EncodedMessage encodeState() {
    return type.stateCodec().encode(state);
  }

  @Benchmark
  public Account decodeState() {
    return type.stateCodec().decode(encodedState);
  }
}
