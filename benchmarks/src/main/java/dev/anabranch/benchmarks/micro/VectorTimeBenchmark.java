package dev.anabranch.benchmarks.micro;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Vector times of several numbers of regions. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class VectorTimeBenchmark {

  @Param({"1", "6", "16"})
  private int regions;

  private RegionId last = Samples.REGION;
  private VectorTime time = VectorTime.ZERO;
  private VectorTime other = VectorTime.ZERO;
  private byte[] encoded = {};
  private long count;

  @Setup
  public void fill() {
    for (var i = 0; i < regions; i++) {
      last = new RegionId(String.format(Locale.ROOT, "region-%02d", i));
      time = time.with(last, 1_000 + i);
      other = other.with(last, 1_000 + regions - i);
    }
    encoded = time.encode();
    count = 2_000;
  }

  @Benchmark
  public VectorTime advance() {
    return time.with(last, ++count);
  }

  @Benchmark
  public VectorTime merge() {
    return time.merge(other);
  }

  @Benchmark
  public boolean compare() {
    return time.isConcurrentWith(other);
  }

  @Benchmark
  public byte[] encode() {
    return time.encode();
  }

  @Benchmark
  public VectorTime decode() {
    return VectorTime.decode(encoded);
  }

  @Benchmark
  public String token() {
    return time.token();
  }
}
