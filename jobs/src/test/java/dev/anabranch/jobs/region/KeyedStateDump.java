package dev.anabranch.jobs.region;

import dev.anabranch.model.Shards;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.serde.AggregateRecordSerializer;
import dev.anabranch.serde.ShardRecordSerializer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.util.MiniClusterPipelineExecutorServiceLoader;
import org.apache.flink.util.Collector;

/**
 * The command operator's keyed state, as a savepoint has it.
 *
 * @param aggregates by routing key
 * @param nextOffsets by shard
 */
record KeyedStateDump(Map<String, Aggregate> aggregates, Map<Integer, Long> nextOffsets) {

  private static final String OPERATOR = "commands";

  /**
   * One aggregate.
   *
   * @param state encoded; empty: none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared with equals
  record Aggregate(long version, byte[] state) {}

  /** Reads it with a job on the cluster. */
  static KeyedStateDump of(MiniCluster flink, String savepoint, int shardCount) throws Exception {
    var settings =
        MiniClusterPipelineExecutorServiceLoader.updateConfigurationForMiniCluster(
            new Configuration(), Set.of(), Set.of());
    var env =
        new StreamExecutionEnvironment(
            new MiniClusterPipelineExecutorServiceLoader(flink),
            settings,
            KeyedStateDump.class.getClassLoader());
    env.setParallelism(1);
    var reader = SavepointReader.read(env, savepoint, new EmbeddedRocksDBStateBackend(false));
    var rows =
        reader.readKeyedState(
            OperatorIdentifier.forUid(OPERATOR),
            new Reader(),
            Types.STRING,
            Types.TUPLE(Types.STRING, Types.LONG, Types.PRIMITIVE_ARRAY(Types.BYTE), Types.LONG));
    var aggregates = new HashMap<String, Aggregate>();
    var offsets = new HashMap<Integer, Long>();
    try (var all = rows.executeAndCollect()) {
      while (all.hasNext()) {
        var row = all.next();
        if (row.f3 >= 0) {
          offsets.put(Shards.shardOf(row.f0, shardCount), row.f3);
        } else if (row.f1 >= 0) {
          aggregates.put(row.f0, new Aggregate(row.f1, row.f2));
        }
      }
    }
    return new KeyedStateDump(aggregates, offsets);
  }

  /** Emits (key, version or -1, state, next offset or -1). */
  private static final class Reader
      extends KeyedStateReaderFunction<String, Tuple4<String, Long, byte[], Long>> {
    private static final long serialVersionUID = 1L;

    private transient ValueState<AggregateRecord> aggregate;
    private transient ValueState<ShardRecord> shard;

    @Override
    public void open(OpenContext context) {
      aggregate =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>("aggregate-v1", new AggregateRecordSerializer()));
      shard =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("shard-v1", new ShardRecordSerializer()));
    }

    @Override
    public void readKey(
        String key, Context context, Collector<Tuple4<String, Long, byte[], Long>> out)
        throws Exception {
      var found = aggregate.value();
      var position = shard.value();
      var state = found == null || found.state() == null ? new byte[0] : found.state().data();
      out.collect(
          Tuple4.of(
              key,
              found == null ? -1L : found.version(),
              state,
              position == null ? -1L : position.nextOffset()));
    }
  }
}
