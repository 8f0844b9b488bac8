package dev.anabranch.benchmarks.micro;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.CommandReply.Backing;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.wire.ReplyWire;
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

/** Replies, and the token that each carries. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class ReplyWireBenchmark {

  private final VectorTime revision = VectorTime.ZERO.with(Samples.REGION, 17);
  private final CommandReply reply =
      new CommandReply(
          Samples.COMMAND_ID,
          Samples.KEY,
          ReplyStatus.ACCEPTED,
          Samples.reply(),
          new Backing("bench", Samples.row().position(), revision.token()),
          false,
          Samples.envelope().replyTarget());

  @Benchmark
  public String token() {
    return revision.token();
  }

  @Benchmark
  public MessageRecord encode() {
    return ReplyWire.encode(reply);
  }
}
