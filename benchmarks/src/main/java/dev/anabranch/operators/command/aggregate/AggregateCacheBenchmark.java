package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.micro.Samples;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.serde.AggregateRecordSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding one of 10,000 aggregates at random: in the cache, and with nine of ten only in keyed
 * state, each of which is decoded, evicts another and writes that back. Keyed state is a map of
 * bytes here, so what RocksDB itself costs comes on top.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class AggregateCacheBenchmark {

  private static final int AGGREGATES = 10_000;

  private final AggregateTypes types = AggregateTypes.of(() -> List.of(BenchmarkDomain.type()));
  private final AggregateKey[] keys = new AggregateKey[AGGREGATES];
  private final String[] routingKeys = new String[AGGREGATES];
  private final SplittableRandom random = new SplittableRandom(1);
  private final HeardRegions.Regions regions =
      new HeardRegions.Regions(Samples.REGION, List.of(Samples.REGION));
  private final AggregateCache large =
      new AggregateCache(types, new Bytes(), regions, AGGREGATES, Long.MAX_VALUE);
  private final AggregateCache small =
      new AggregateCache(types, new Bytes(), regions, AGGREGATES / 10, Long.MAX_VALUE);

  @Setup
  public void fill() {
    for (var i = 0; i < AGGREGATES; i++) {
      keys[i] = new AggregateKey(BenchmarkDomain.type().name(), "account-" + (1_000_000 + i));
      routingKeys[i] = keys[i].toString();
      change(large, i);
      change(small, i);
    }
  }

  @Benchmark
  public LiveAggregate hit() {
    return change(large, random.nextInt(AGGREGATES));
  }

  @Benchmark
  public LiveAggregate missInNineOfTen() {
    return change(small, random.nextInt(AGGREGATES));
  }

  private LiveAggregate change(AggregateCache cache, int number) {
    var live = cache.get(keys[number], routingKeys[number]);
    var before = live.committed();
    live.madeAnew(
        new LiveAggregate.Version(before.version() + 1, CausalPast.NONE, List.of(), before.state()),
        null,
        0);
    live.remember(routingKeys[number], number, 16);
    return live;
  }

  /** Aggregates as bytes; nothing else is asked for. */
  private static final class Bytes implements CommandState {
    private final Map<String, byte[]> records = new HashMap<>();
    private final AggregateRecordSerializer serializer = new AggregateRecordSerializer();
    private final DataOutputSerializer out = new DataOutputSerializer(512);
    private final DataInputDeserializer in = new DataInputDeserializer();

    @Override
    public @Nullable AggregateRecord aggregate(String key) {
      var bytes = records.get(key);
      if (bytes == null) {
        return null;
      }
      in.setBuffer(bytes);
      try {
        return serializer.deserialize(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void writeAggregate(String key, AggregateRecord aggregate) {
      out.clear();
      try {
        serializer.serialize(aggregate, out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      records.put(key, out.getCopyOfBuffer());
    }

    @Override
    public @Nullable ShardRecord shard(int shard) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void writeShard(int shard, ShardRecord shardRecord) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<CommandRecord> parked(int shard) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void writeParked(int shard, List<CommandRecord> commands) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<CommandRecord> parkedRemote(int shard) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void writeParkedRemote(int shard, List<CommandRecord> commits) {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphEntries() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphCommands() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphStates() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphEvents() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap gateEntries() {
      throw new UnsupportedOperationException();
    }
  }
}
