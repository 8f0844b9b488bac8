package dev.anabranch.operators.task;

import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * The Flink side that the operators of all jobs share. The stream is keyed by aggregate, and a
 * shard is a key group: a subtask has whole shards.
 */
public abstract class ShardOperator<T> extends AbstractStreamOperator<T> {

  private static final long serialVersionUID = 1L;

  private final int shardCount;
  private final transient MailboxExecutor executor;
  private final transient TaskMailbox mailbox;

  protected ShardOperator(StreamOperatorParameters<T> parameters, int shardCount) {
    super(parameters);
    this.shardCount = shardCount;
    this.executor = parameters.getMailboxExecutor();
    this.mailbox = TaskMailbox.of(executor);
  }

  /** For others than the task's thread. */
  protected final TaskMailbox mailbox() {
    return mailbox;
  }

  /** Runs one action of the mailbox, and waits for it if there is none. */
  protected final void yieldToMailbox() throws InterruptedException {
    executor.yield();
  }

  /** Runs one action of the mailbox, if there is one. */
  protected final boolean tryYieldToMailbox() {
    return executor.tryYield();
  }

  /**
   * The shards of this subtask.
   *
   * @throws IllegalStateException if shards are not key groups
   */
  protected final KeyGroupRange ownShards() {
    var task = getRuntimeContext().getTaskInfo();
    if (task.getMaxNumberOfParallelSubtasks() != shardCount) {
      throw new IllegalStateException(
          "the operator's maximum parallelism is "
              + task.getMaxNumberOfParallelSubtasks()
              + ", the region has "
              + shardCount
              + " shards; set pipeline.max-parallelism to the shard count");
    }
    return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
        shardCount, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
  }
}
