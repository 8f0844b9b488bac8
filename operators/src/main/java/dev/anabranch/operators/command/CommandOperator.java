package dev.anabranch.operators.command;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.ShardOperator;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.serde.CommandReplyTypeInfo;
import dev.anabranch.serde.DeadLetterTypeInfo;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.PublishedLog;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Handles the commands of a region: dedup, decide, evolve, group commit, publish, answer. This
 * class is the Flink side; {@link CommandShards} is what it drives.
 *
 * <p><b>Order.</b> The stream is keyed by aggregate, and a shard is a key group: one subtask
 * decides an aggregate's commands one after the other and is the only writer of its shards. The
 * rows of a shard leave in offset order.
 *
 * <p><b>Recovery.</b> A checkpoint holds committed effects only. After a restore each shard's tail
 * is read from the store, folded and published, before its first command is decided. So nothing
 * stored is ever decided again, and deciders need not be deterministic.
 *
 * <p><b>Bounds.</b> {@link CommandOperatorOptions.Batching#maxPending} per lane; beyond it the
 * task's thread yields to the mailbox, which is back-pressure for its input.
 *
 * <p>The scheme is ENode 2.0's (Tang Xuehua): one command changes one aggregate, two unique keys;
 * with positions assigned by the single writer, which fences others.
 */
public final class CommandOperator extends ShardOperator<LogRow>
    implements OneInputStreamOperator<CommandRecord, LogRow>,
        TwoInputStreamOperator<CommandRecord, CommandRecord, LogRow>,
        BoundedOneInput {

  private static final long serialVersionUID = 1L;

  /** Answers to commands. */
  public static final OutputTag<CommandReply> REPLIES =
      new OutputTag<>("replies", CommandReplyTypeInfo.INSTANCE);

  /** Records that could not be handled. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", DeadLetterTypeInfo.INSTANCE);

  // -- Configuration.
  private final CommandOperatorOptions options;
  private final DomainLoader domain;
  private final EventStoreFactory storeFactory;
  private final PublishedLog published;
  private final TaskThreads threads;

  // -- Runtime, from initializeState on.
  private transient @Nullable CommandShards shards;

  CommandOperator(
      StreamOperatorParameters<LogRow> parameters,
      CommandOperatorOptions options,
      DomainLoader domain,
      EventStoreFactory storeFactory,
      PublishedLog published,
      TaskThreads threads) {
    super(parameters, options.shardCount());
    this.options = options;
    this.domain = domain;
    this.storeFactory = storeFactory;
    this.published = published;
    this.threads = threads;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    var owned = ownShards();
    var state =
        new FlinkCommandState(
            context.getKeyedStateStore(), this::setCurrentKey, options.shardCount());
    shards =
        new CommandShards(
            options,
            domain.load(getUserCodeClassloader()),
            storeFactory.open(),
            state,
            new CommandShards.Environment(
                published,
                mailbox(),
                threads,
                new FlinkOutputs(),
                threads::nowMicros,
                getMetricGroup()));
    for (var shard : owned) {
      shards.own(shard);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    shards().start();
  }

  @Override
  public void processElement(StreamRecord<CommandRecord> element) throws Exception {
    var record = element.getValue();
    while (!shards().hasRoom(record.routingKey())) {
      yieldToMailbox();
    }
    shards().process(record);
  }

  /** A command; the first of two inputs where regions replicate, else the only one. */
  @Override
  public void processElement1(StreamRecord<CommandRecord> element) throws Exception {
    processElement(element);
  }

  /** A commit of another region. */
  @Override
  public void processElement2(StreamRecord<CommandRecord> element) throws Exception {
    var record = element.getValue();
    while (!shards().hasRoomForRemote(record.routingKey())) {
      yieldToMailbox();
    }
    shards().processRemote(record);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    drain();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    shards().snapshot(context.getCheckpointId());
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    shards().checkpointCompleted(checkpointId);
  }

  /** An input has ended: every command gets its outcome, however long its database takes. */
  @Override
  public void endInput() throws Exception {
    while (shards().pending() > 0) {
      yieldToMailbox();
    }
  }

  @Override
  public void close() throws Exception {
    var closing = shards;
    shards = null;
    if (closing != null) {
      closing.close();
    }
    super.close();
  }

  /**
   * Waits for the outcome of everything pending, but for databases that are out of reach. What
   * stays pending is noted in some database before the checkpoint can complete.
   */
  private void drain() throws InterruptedException {
    var drain = shards().beginDrain();
    while (!drain.isDone()) {
      if (!tryYieldToMailbox() && !shards().prepareSnapshot()) {
        yieldToMailbox();
      }
    }
    while (!shards().parkedAreNoted()) {
      yieldToMailbox();
    }
  }

  CommandShards shards() {
    var current = shards;
    if (current == null) {
      throw new IllegalStateException("the operator is not initialized, or closed");
    }
    return current;
  }

  /** Reuses one stream record per output: chained sinks take the value, never the record. */
  private final class FlinkOutputs implements Outputs {

    private final StreamRecord<LogRow> row = new StreamRecord<>(null);
    private final StreamRecord<CommandReply> reply = new StreamRecord<>(null);
    private final StreamRecord<DeadLetter> letter = new StreamRecord<>(null);

    @Override
    public void publish(LogRow value) {
      output.collect(row.replace(value));
    }

    @Override
    public void reply(CommandReply value) {
      output.collect(REPLIES, reply.replace(value));
    }

    @Override
    public void deadLetter(DeadLetter value) {
      output.collect(DEAD_LETTERS, letter.replace(value));
    }
  }
}
