package dev.anabranch.benchmarks.micro;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ReplyBlob;
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

/** The encoded columns of a row, each alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class BlobsBenchmark {

  private final Causality causality = Samples.causality();
  private final ReplyBody reply = Samples.reply();
  private final List<EncodedMessage> events = List.of(Samples.encodedEvent());
  private final LogRow row = Samples.row();

  @Benchmark
  public byte[] encodeCausality() {
    return CausalityBlob.encode(causality);
  }

  @Benchmark
  public byte[] encodeReply() {
    return ReplyBlob.encode(reply);
  }

  @Benchmark
  public byte[] encodeEvents() {
    return EventsBlob.encode(events);
  }

  @Benchmark
  public Causality decodeCausality() {
    return CausalityBlob.decode(row.outcome().blobs().causality());
  }

  @Benchmark
  public List<EncodedMessage> decodeEvents() {
    return EventsBlob.decode(row.outcome().blobs().events());
  }
}
