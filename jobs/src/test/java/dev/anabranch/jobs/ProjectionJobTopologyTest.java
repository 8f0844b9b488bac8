package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.jobs.region.PurseReadModel;
import dev.anabranch.projection.Projections;
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
class ProjectionJobTopologyTest {

  private static final int SHARDS = 64;

  @Test
  void theOperatorIsBehindOneExchangeByAggregate() {
    var vertices = graph().getVerticesSortedTopologicallyFromSources();

    assertThat(vertices).hasSize(2);
    assertThat(uids(vertices.get(0))).containsExactly(Uids.EVENT_SOURCE);
    assertThat(uids(vertices.get(1)))
        .containsExactlyInAnyOrder(Uids.PROJECTIONS, Uids.PROJECTIONS_END);
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
            UidsAndStates.golden("/projection-uids-and-states.txt").keySet());
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
                "store.databases", "one",
                "store.database.one.url", "jdbc:mysql://nowhere:3306/one",
                "store.database.one.user", "user",
                "store.database.one.password", "password",
                "query.url", "jdbc:mysql://nowhere:3306/queries",
                "query.user", "user"));
    settings.put("query.password", "password");
    var options = ProjectionJobOptions.from(Settings.of(settings));
    var env = new StreamExecutionEnvironment(new Configuration());
    ProjectionJob.build(
        env,
        options,
        loader -> Projections.of(new PurseReadModel()),
        ProjectionEndpoints.of(options, layout()));
    return env.getStreamGraph().getJobGraph();
  }

  private static StoreLayout layout() {
    return new StoreLayout(new RegionId("eu"), "store", SHARDS, 8, List.of("one"), new int[SHARDS]);
  }
}
