package dev.anabranch.jobs;

import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.query.QueryDatabaseFactory;
import java.util.function.UnaryOperator;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The real job, with room between its operator and its tables for a test to make it fail. */
public final class ProjectionJobUnderTest {

  private ProjectionJobUnderTest() {}

  /** What {@link ProjectionJob#main} does up to {@code execute}. */
  public static StreamExecutionEnvironment prepare(
      Configuration cluster,
      ProjectionJobOptions options,
      ProjectionsLoader loader,
      UnaryOperator<QueryDatabaseFactory> wrapper) {
    var env = new StreamExecutionEnvironment(cluster);
    var chosen = ProjectionJob.chosen(options, loader);
    var layout =
        ProjectionJob.check(options, chosen.load(ProjectionJobUnderTest.class.getClassLoader()));
    var real = ProjectionEndpoints.of(options, layout);
    ProjectionJob.build(
        env,
        options,
        chosen,
        new ProjectionEndpoints(
            real.events(), real.store(), wrapper.apply(real.database()), real.views()));
    return env;
  }
}
