package dev.anabranch.operators.command.decide;

import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.micro.Samples;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.aggregate.DecisionTime;
import dev.anabranch.operators.command.aggregate.Keeper;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.task.RegionMap;
import java.util.List;
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

/** A command decided, from its encoded payload to the encoded row. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class DecisionsBenchmark {

  private static final long HLC = 1_800_000_000_000L << 16;

  private static final RegionId REGION = new RegionId("bench");
  private static final CausalPast PAST =
      new CausalPast(
          VectorTime.ZERO.with(REGION, 17),
          List.of(new Dot(REGION, 17)),
          HLC,
          VectorTime.ZERO.with(REGION, HLC));

  private final Decisions decisions = new Decisions("bench", RegionMap.of("bench"), 1, 921_600);
  private final CommandEnvelope command = Samples.envelope();
  private final DecisionTime time = new DecisionTime(HLC + 1, (HLC >> 16) * 1_000);
  private final LiveAggregate aggregate = aggregate();
  private CommandWindow window = CommandWindow.EMPTY;
  private long offset;

  private static LiveAggregate aggregate() {
    var type = TypeFold.of(BenchmarkDomain.type());
    var state = new BenchmarkDomain.Account(3_456, 17);
    return new LiveAggregate(
        Samples.KEY,
        Samples.KEY.toString(),
        type,
        null,
        null,
        new Version(17, PAST, PAST.frontier(), state),
        CommandWindow.EMPTY,
        Keeper.NOBODY);
  }

  @Benchmark
  public Object decide() {
    return decisions.decide(aggregate, command, time);
  }

  @Benchmark
  public long remember() {
    offset++;
    window = window.with(CommandWindow.hash(Samples.COMMAND_ID) + offset, offset, 16);
    return window.offsetOf(offset);
  }
}
