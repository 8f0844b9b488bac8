package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.RegionId;
import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.jobs.checks.StartCheck;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.store.StoreLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.OperatorIDPair;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** Looks at the job graph that would be submitted; nothing runs and nothing is connected. */
class CommandJobTopologyTest {

  private static final int SHARDS = 64;
  private static final Map<String, String> TWO_REGIONS =
      Map.of("regions.names", "eu,us", "regions.home", "us");

  @Test
  void theOperatorAndItsSinksAreOneChain() {
    var vertices = graph(Map.of(), new Configuration()).getVerticesSortedTopologicallyFromSources();

    assertThat(vertices).hasSize(2);
    assertThat(uids(vertices.get(0))).containsExactly(Uids.COMMAND_SOURCE);
    assertThat(uids(vertices.get(1)))
        .contains(Uids.COMMANDS, Uids.EVENTS, Uids.REPLIES, Uids.DEAD_LETTERS);
    assertThat(vertices.get(1).getProducedDataSets()).isEmpty();
  }

  @Test
  void amongSeveralRegionsThereIsOneInputMoreAndTheSameChain() {
    var vertices =
        graph(TWO_REGIONS, new Configuration()).getVerticesSortedTopologicallyFromSources();

    assertThat(vertices).hasSize(3);
    assertThat(vertices.subList(0, 2))
        .extracting(CommandJobTopologyTest::uids)
        .containsExactlyInAnyOrder(List.of(Uids.COMMAND_SOURCE), List.of(Uids.INBOUND_SOURCE));
    assertThat(uids(vertices.get(2)))
        .contains(Uids.COMMANDS, Uids.EVENTS, Uids.REPLIES, Uids.DEAD_LETTERS);
  }

  @Test
  void exactlyOnceIsOneChainToo() {
    var graph = graph(Map.of("events.delivery", "exactly-once"), new Configuration());

    assertThat(graph.getNumberOfVertices()).isEqualTo(2);
  }

  @Test
  void aShardIsAKeyGroup() {
    for (var vertex : graph(Map.of(), new Configuration()).getVertices()) {
      assertThat(vertex.getMaxParallelism()).isEqualTo(SHARDS);
    }
  }

  @Test
  void uidsAreThoseOfEarlierReleases() {
    var uids = new ArrayList<String>();
    for (var vertex :
        graph(TWO_REGIONS, new Configuration()).getVerticesSortedTopologicallyFromSources()) {
      uids.addAll(uids(vertex));
    }

    assertThat(UidsAndStates.golden().keySet()).containsAll(uids);
    assertThat(uids).containsAll(UidsAndStates.golden().keySet());
  }

  @Test
  void theJobsOwnDefaultsApplyToABareCluster() {
    var settings = environment(Map.of(), new Configuration()).getConfiguration();

    assertThat(settings.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
    assertThat(settings.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
    assertThat(settings.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(settings.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION))
        .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    assertThat(settings.get(CheckpointingOptions.CHECKPOINTING_DURING_RECOVERY_ENABLED)).isFalse();
    assertThat(settings.get(RestartStrategyOptions.RESTART_STRATEGY))
        .isEqualTo("exponential-delay");
    assertThat(settings.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(settings.get(ExecutionOptions.BUFFER_TIMEOUT)).isEqualTo(Duration.ZERO);
    assertThat(settings.get(PipelineOptions.GENERIC_TYPES)).isFalse();
    assertThat(settings.get(PipelineOptions.OBJECT_REUSE)).isTrue();
  }

  @Test
  void readersOfTransactionsWaitForNoMoreThanASecond() {
    var settings =
        environment(Map.of("events.delivery", "exactly-once"), new Configuration())
            .getConfiguration();

    assertThat(settings.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void theUserWinsOverTheClusterAndBothOverTheDefaults() {
    var cluster = new Configuration();
    cluster.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(7));
    cluster.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    cluster.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(50));
    cluster.set(PipelineOptions.MAX_PARALLELISM, 128);
    var settings =
        environment(Map.of("flink.execution.buffer-timeout.interval", "7 ms"), cluster)
            .getConfiguration();

    assertThat(settings.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("fixed-delay");
    assertThat(settings.get(ExecutionOptions.BUFFER_TIMEOUT)).isEqualTo(Duration.ofMillis(7));
    assertThat(settings.get(PipelineOptions.MAX_PARALLELISM)).isEqualTo(SHARDS);
  }

  @Test
  void moreSubtasksThanShardsAreRefused() {
    var cluster = new Configuration();
    cluster.setString("parallelism.default", "65");

    assertThatThrownBy(() -> environment(Map.of(), cluster))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("65")
        .hasMessageContaining("region.shard-count");
  }

  private static List<String> uids(JobVertex vertex) {
    return vertex.getOperatorIDs().stream()
        .map(OperatorIDPair::getUserDefinedOperatorUid)
        .filter(uid -> uid != null)
        .toList();
  }

  private static JobGraph graph(Map<String, String> more, Configuration cluster) {
    return environment(more, cluster).getStreamGraph().getJobGraph();
  }

  private static StreamExecutionEnvironment environment(
      Map<String, String> more, Configuration cluster) {
    var settings =
        new HashMap<>(
            Map.of(
                "region.name", "eu",
                "region.shard-count", Integer.toString(SHARDS),
                "kafka.bootstrap-servers", "nowhere:9092",
                "store.databases", "one",
                "store.database.one.url", "jdbc:mysql://nowhere:3306/one",
                "store.database.one.user", "user",
                "store.database.one.password", "password"));
    settings.putAll(more);
    var options = CommandJobOptions.from(Settings.of(settings));
    var layout =
        new StoreLayout(new RegionId("eu"), "store", SHARDS, 8, List.of("one"), new int[SHARDS]);
    var found =
        new StartCheck.Found(layout, CommandSource.Start.COMMITTED, 1 << 20, 1 << 20, Map.of());
    var env = new StreamExecutionEnvironment(cluster);
    CommandJob.build(
        env, options, loader -> AggregateTypes.of(), CommandEndpoints.of(options, found));
    return env;
  }
}
