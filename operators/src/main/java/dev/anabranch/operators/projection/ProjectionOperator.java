package dev.anabranch.operators.projection;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.ShardOperator;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.query.QueryDatabaseFactory;
import dev.anabranch.query.ViewLog;
import dev.anabranch.store.EventStoreFactory;
import java.util.ArrayList;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Fills the tables of projections from the rows of a region's log. This class is the Flink side;
 * {@link ProjectionTask} is what it drives. It emits nothing.
 *
 * <p><b>Order.</b> The stream is keyed by aggregate, and a shard is a key group: one subtask has
 * all rows of a shard, and is the only writer of its position.
 *
 * <p><b>Recovery.</b> It has no state. Positions are in the query database, where they change with
 * the rows; a checkpoint holds Kafka's offsets only, and rows that it is past are read from the
 * event store. So a checkpoint waits for nothing.
 *
 * <p><b>Bounds.</b> {@link ProjectionOperatorOptions#maxPendingRows} per lane; beyond it the task's
 * thread yields to the mailbox, which is back-pressure for its input.
 *
 * <p><b>Views.</b> Versions that follow views get nothing from this input: each has a {@link
 * ViewFollower}, which reads the views topic from the version's own position on.
 */
public final class ProjectionOperator extends ShardOperator<LogRow>
    implements OneInputStreamOperator<LogRow, LogRow>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  // -- Configuration.
  private final ProjectionOperatorOptions options;
  private final ProjectionsLoader projections;
  private final EventStoreFactory store;
  private final QueryDatabaseFactory database;
  private final ViewLog views;
  private final TaskThreads threads;

  // -- Runtime, from open on.
  private transient @Nullable ProjectionTask task;

  ProjectionOperator(
      StreamOperatorParameters<LogRow> parameters,
      ProjectionOperatorOptions options,
      ProjectionsLoader projections,
      EventStoreFactory store,
      QueryDatabaseFactory database,
      ViewLog views,
      TaskThreads threads) {
    super(parameters, options.shardCount());
    this.options = options;
    this.projections = projections;
    this.store = store;
    this.database = database;
    this.views = views;
    this.threads = threads;
  }

  @Override
  public void open() throws Exception {
    super.open();
    var info = getRuntimeContext().getTaskInfo();
    var shards = new ArrayList<Integer>();
    ownShards().forEach(shards::add);
    // What comes after the end finds its answer in the databases.
    TaskMailbox mailbox =
        (description, action) ->
            mailbox()
                .post(
                    description,
                    () -> {
                      if (task != null) {
                        action.run();
                      }
                    });
    var started =
        new ProjectionTask(
            options,
            new ProjectionTask.Environment(
                info.getIndexOfThisSubtask(),
                info.getNumberOfParallelSubtasks(),
                mailbox,
                threads,
                getMetricGroup()),
            projections.load(getUserCodeClassloader()),
            store.open(),
            database.open(),
            views,
            shards);
    task = started;
    started.start();
  }

  @Override
  public void processElement(StreamRecord<LogRow> element) throws Exception {
    while (!task().hasRoom()) {
      yieldToMailbox();
    }
    task().process(element.getValue());
  }

  /** The input has ended: every row is committed. */
  @Override
  public void endInput() throws Exception {
    while (!task().isIdle()) {
      yieldToMailbox();
    }
  }

  @Override
  public void close() throws Exception {
    var closing = task;
    task = null;
    if (closing != null) {
      closing.close();
    }
    super.close();
  }

  private ProjectionTask task() {
    var current = task;
    if (current == null) {
      throw new IllegalStateException("the operator is not open");
    }
    return current;
  }
}
