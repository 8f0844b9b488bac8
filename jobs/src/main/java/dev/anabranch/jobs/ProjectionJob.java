package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.source.EventSource;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.query.ProjectionTables;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.jobs.checks.StartCheck;
import dev.anabranch.jobs.options.FlinkSettings;
import dev.anabranch.jobs.options.OptionsReference;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.operators.projection.ProjectionOperatorFactory;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.Projections;
import dev.anabranch.serde.LogRowTypeInfo;
import dev.anabranch.store.StoreLayout;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read side of one region: its published events, and what its event store holds beyond them,
 * become rows of tables in the query database. Projections of views follow the region's views topic
 * instead.
 *
 * <p>{@code -c dev.anabranch.jobs.ProjectionJob ... --config region.yaml [--key value ...]}; the
 * options are those of {@link ProjectionJobOptions}.
 */
public final class ProjectionJob {

  private static final Logger LOG = LoggerFactory.getLogger(ProjectionJob.class);

  private ProjectionJob() {}

  public static void main(String[] args) throws Exception {
    if (Arrays.asList(args).contains("--help")) {
      System.out.println(OptionsReference.projectionJob());
      return;
    }
    var options = ProjectionJobOptions.fromArgs(args);
    var env = StreamExecutionEnvironment.getExecutionEnvironment();

    prepare(env, options, ProjectionsLoader.services());
    env.execute(nameOf(options));
  }

  /** Checks everything that the job needs, then builds it. */
  public static void prepare(
      StreamExecutionEnvironment env, ProjectionJobOptions options, ProjectionsLoader loader) {
    var chosen = chosen(options, loader);
    var layout = check(options, chosen.load(Thread.currentThread().getContextClassLoader()));
    build(env, options, chosen, ProjectionEndpoints.of(options, layout));
  }

  /** What a task would find out much later, and again at each restart. */
  static StoreLayout check(ProjectionJobOptions options, Projections projections) {
    StartCheck.warnOfConnections(options.store());
    options.query().config().tlsWarning().ifPresent(LOG::warn);
    StoreLayout layout;
    try (var store = new MySqlEventStoreFactory(options.store().config()).open()) {
      layout = store.layout();
    }
    EventSource.requireReadable(options.kafka(), options.eventsTopic(), layout);
    if (projections.all().stream().anyMatch(Projection::followsViews)) {
      options.views().requireReadable(layout.shardCount());
    }
    new ProjectionTables(options.query().config(), QueryOwner.of(layout))
        .prepare(projections, options.query().migrate());
    return layout;
  }

  /** The projections that the job is to fill. */
  static ProjectionsLoader chosen(ProjectionJobOptions options, ProjectionsLoader loader) {
    var names = List.copyOf(options.projections().names());
    return names.isEmpty() ? loader : new Chosen(loader, names);
  }

  private record Chosen(ProjectionsLoader all, List<String> names) implements ProjectionsLoader {
    @Override
    public Projections load(ClassLoader userCode) {
      return all.load(userCode).only(names);
    }
  }

  /** The whole dataflow, top to bottom. */
  static void build(
      StreamExecutionEnvironment env,
      ProjectionJobOptions options,
      ProjectionsLoader projections,
      ProjectionEndpoints endpoints) {
    FlinkSettings.apply(env, options.region(), options.flink(), FlinkSettings.CHECKPOINTS);

    env.fromSource(endpoints.events(), WatermarkStrategy.noWatermarks(), "event source")
        .uid(Uids.EVENT_SOURCE)
        .keyBy(new AggregateOfRow(), Types.STRING)
        .transform(
            "projections",
            LogRowTypeInfo.INSTANCE,
            new ProjectionOperatorFactory(
                options.projections().operator(),
                projections,
                endpoints.store(),
                endpoints.database(),
                endpoints.views()))
        .uid(Uids.PROJECTIONS)
        // The operator emits nothing; Flink wants each dataflow to end in a sink.
        .sinkTo(new DiscardingSink<>())
        .name("end")
        .uid(Uids.PROJECTIONS_END);
  }

  /** What the cluster calls the job. */
  public static String nameOf(ProjectionJobOptions options) {
    return "projections-" + options.region().name();
  }
}
