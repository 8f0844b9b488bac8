package dev.anabranch.operators.projection;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.query.QueryDatabaseFactory;
import dev.anabranch.query.ViewLog;
import dev.anabranch.store.EventStoreFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the {@link ProjectionOperator} of each subtask. */
public final class ProjectionOperatorFactory extends AbstractStreamOperatorFactory<LogRow>
    implements OneInputStreamOperatorFactory<LogRow, LogRow> {

  private static final long serialVersionUID = 1L;

  private final ProjectionOperatorOptions options;
  private final ProjectionsLoader projections;
  private final EventStoreFactory store;
  private final QueryDatabaseFactory database;
  private final ViewLog views;
  private final TaskThreads threads;

  public ProjectionOperatorFactory(
      ProjectionOperatorOptions options,
      ProjectionsLoader projections,
      EventStoreFactory store,
      QueryDatabaseFactory database,
      ViewLog views) {
    this(options, projections, store, database, views, TaskThreads.REAL);
  }

  /**
   * The factory.
   *
   * @param threads of what waits for databases
   */
  public ProjectionOperatorFactory(
      ProjectionOperatorOptions options,
      ProjectionsLoader projections,
      EventStoreFactory store,
      QueryDatabaseFactory database,
      ViewLog views,
      TaskThreads threads) {
    this.options = options;
    this.projections = projections;
    this.store = store;
    this.database = database;
    this.views = views;
    this.threads = threads;
    setChainingStrategy(ChainingStrategy.HEAD);
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as declared by Flink
  public <T extends StreamOperator<LogRow>> T createStreamOperator(
      StreamOperatorParameters<LogRow> parameters) {
    return (T)
        new ProjectionOperator(parameters, options, projections, store, database, views, threads);
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared by Flink
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return ProjectionOperator.class;
  }
}
