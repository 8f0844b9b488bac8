package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.checks.CrossRegionStartCheck;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.store.StoreLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.OperatorIDPair;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** Looks at the job graph that would be submitted; nothing runs and nothing is connected. */
class CrossRegionJobTopologyTest {

  private static final int SHARDS = 64;

  @Test
  void theOperatorAndTheSinksOfItsRegionAreOneChain() {
    var merging = new ArrayList<JobVertex>();
    for (var vertex : graph().getVertices()) {
      if (uids(vertex).contains(Uids.REPLICATION)) {
        merging.add(vertex);
      }
    }

    assertThat(merging).hasSize(1);
    assertThat(uids(merging.get(0)))
        .contains(Uids.REPLICATION, Uids.INBOUND, Uids.VIEWS, Uids.CONFLICTS);
  }

  @Test
  void eachLogIsReadAndCheckedInOneChain() {
    for (var region : List.of("eu", "b", "c")) {
      assertThat(graph().getVertices())
          .anySatisfy(
              vertex ->
                  assertThat(uids(vertex))
                      .containsExactlyInAnyOrder(Uids.logSource(region), Uids.intake(region)));
    }
  }

  @Test
  void aShardIsAKeyGroup() {
    for (var vertex : graph().getVertices()) {
      assertThat(vertex.getMaxParallelism()).isEqualTo(SHARDS);
    }
  }

  @Test
  void uidsAreThoseOfEarlierReleases() {
    var uids = new ArrayList<String>();
    for (var vertex : graph().getVertices()) {
      uids.addAll(uids(vertex));
    }

    assertThat(uids)
        .containsExactlyInAnyOrderElementsOf(
            UidsAndStates.golden("/cross-region-uids-and-states.txt").keySet());
  }

  private static List<String> uids(JobVertex vertex) {
    return vertex.getOperatorIDs().stream()
        .map(OperatorIDPair::getUserDefinedOperatorUid)
        .filter(uid -> uid != null)
        .toList();
  }

  private static JobGraph graph() {
    var settings =
        new HashMap<>(
            Map.of(
                "region.name", "eu",
                "region.shard-count", Integer.toString(SHARDS),
                "kafka.bootstrap-servers", "nowhere:9092",
                "peers", "b,c",
                "peer.b.bootstrap-servers", "nowhere:9093",
                "peer.c.bootstrap-servers", "nowhere:9094",
                "store.databases", "one",
                "store.database.one.url", "jdbc:mysql://nowhere:3306/one",
                "store.database.one.user", "user",
                "store.database.one.password", "password"));
    settings.put("regions.names", "eu,b,c");
    var options = CrossRegionJobOptions.from(Settings.of(settings));
    var found =
        new CrossRegionStartCheck.Found(
            new StoreLayout(
                new RegionId("eu"), "store", SHARDS, 8, List.of("one"), new int[SHARDS]),
            Map.of("b", 8, "c", 4),
            1 << 20,
            1 << 20,
            1 << 20,
            Map.of(),
            List.of());
    var env = new StreamExecutionEnvironment(new Configuration());
    CrossRegionJob.build(
        env, options, loader -> AggregateTypes.of(), CrossRegionEndpoints.of(options, found));
    return env.getStreamGraph().getJobGraph();
  }
}
