package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.operators.replication.intake.RepublishFunction;
import dev.anabranch.operators.replication.replica.Conflicts;
import dev.anabranch.operators.replication.replica.ReplicaCache;
import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.replication.replica.ReplicationOutputs;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.ShardOperator;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.serde.AggregateViewTypeInfo;
import dev.anabranch.serde.CommandRecordTypeInfo;
import dev.anabranch.serde.ConflictRecordTypeInfo;
import dev.anabranch.serde.DeadLetterTypeInfo;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.wire.blob.ReplicaBlob;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Merges the logs of regions by vector time. This class is the Flink side; {@link Replicator} is
 * what it drives.
 *
 * <p><b>Order.</b> The stream is keyed by aggregate; the commits of one leave in causal order.
 *
 * <p><b>Recovery.</b> Gate, graph and what is held are keyed state. What is read again after a
 * restore is found to be a repeat, or let pass again as before the crash: readers of the outputs
 * find repeats by dot, or take the latest.
 */
public final class ReplicationOperator extends ShardOperator<PublishedRow>
    implements OneInputStreamOperator<PublishedRow, PublishedRow>,
        Triggerable<String, VoidNamespace>,
        BoundedOneInput {

  private static final long serialVersionUID = 1L;
  private static final String TIMERS = "replication-timers";

  /** Aggregates as they are after a commit. */
  public static final OutputTag<AggregateView> VIEWS =
      new OutputTag<>("views", AggregateViewTypeInfo.INSTANCE);

  /** What became of conflicts. */
  public static final OutputTag<ConflictRecord> CONFLICTS =
      new OutputTag<>("conflicts", ConflictRecordTypeInfo.INSTANCE);

  /** Requests for the regions that read from this one, to publish commits again. */
  public static final OutputTag<CommandRecord> REQUESTS =
      new OutputTag<>("requests", CommandRecordTypeInfo.INSTANCE);

  /** Commits that contradict what is known. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", DeadLetterTypeInfo.INSTANCE);

  // -- Configuration.
  private final ReplicationOptions options;
  private final DomainLoader domain;
  private final EventStoreFactory storeFactory;
  private final TaskThreads threads;

  // -- Runtime, from initializeState on.
  private transient @Nullable Replicator replicator;
  private transient @Nullable StoreReader reader;
  private transient @Nullable InternalTimerService<VoidNamespace> timers;
  private transient @Nullable HoldTimes holds;
  private transient @Nullable OpenConflicts conflicts;

  ReplicationOperator(
      StreamOperatorParameters<PublishedRow> parameters,
      ReplicationOptions options,
      DomainLoader domain,
      EventStoreFactory storeFactory,
      TaskThreads threads) {
    super(parameters, options.shardCount());
    this.options = options;
    this.domain = domain;
    this.storeFactory = storeFactory;
    this.threads = threads;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    var task = getRuntimeContext().getTaskInfo();
    var shards = ownShards();
    KeyedStateStore store = context.getKeyedStateStore();
    var newHolds = new HoldTimes(options.holdPatience());
    var newConflicts = new OpenConflicts();
    holds = newHolds;
    conflicts = newConflicts;
    var handedOver = new PendingDeliveries(options.shardCount(), options.holdPatience().toMillis());
    var counts =
        new ReplicationMetrics(
            getMetricGroup(), options.regions(), newHolds, handedOver, newConflicts);
    var state =
        new ReplicaState(
            store, this::setCurrentKey, options.cachedAggregates(), options.cachedBytes());
    counts.cached(state);
    var newReader =
        new StoreReader(
            storeFactory,
            options.shardCount(),
            mailbox(),
            threads,
            new StoreReader.Receiver() {
              @Override
              public void readSome(AggregateKey key, List<LogRow> rows) {
                replicator().readSome(key, rows);
              }

              @Override
              public void read(AggregateKey key, List<LogRow> rows, boolean shardIsEmpty) {
                replicator().read(key, rows, shardIsEmpty);
              }

              @Override
              public void compared(Map<Integer, OwnRow> rows) {
                replicator().compared(rows);
              }
            },
            id -> replicator().storeIs(id),
            "anabranch-replication-store-" + task.getIndexOfThisSubtask());
    reader = newReader;
    replicator =
        new Replicator(
            options,
            domain.load(getUserCodeClassloader()),
            state,
            new FlinkOutputs(newConflicts),
            counts,
            newHolds,
            handedOver,
            new MergeTask(
                this::setCurrentKey,
                this::timerIn,
                newReader::read,
                newReader::compare,
                this::goOnIn,
                threads::nowMicros,
                () -> getProcessingTimeService().getCurrentProcessingTime()));
    if (context.isRestored()) {
      newReader.check(replicator().ownRows(shards));
      findHeldAndConflicts(newHolds, newConflicts);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    timers = getInternalTimerService(TIMERS, VoidNamespaceSerializer.INSTANCE, this);
    if (reader != null) {
      reader.start();
    }
    tickSoon();
  }

  private void tickSoon() {
    var clock = getProcessingTimeService();
    clock.registerTimer(
        clock.getCurrentProcessingTime() + ReplicaCache.TICK_MILLIS,
        time -> {
          replicator().tick();
          tickSoon();
        });
  }

  @Override
  public void processElement(StreamRecord<PublishedRow> element) throws Exception {
    if (!replicator().hasRoom()) {
      while (!replicator().hasRoom()) {
        mergeOrWait();
      }
      setKeyContextElement1(element);
    }
    replicator().process(element.getValue());
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("there are no timers in event time");
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    replicator().onTimer(AggregateKey.parse(timer.getKey()));
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    replicator().prepareSnapshot();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    replicator().snapshot();
  }

  /** The input has ended: aggregates that are being read from the store are still shown. */
  @Override
  public void endInput() throws Exception {
    while (replicator().isReading()) {
      mergeOrWait();
    }
  }

  /** There is nothing else to do: what has been read need not rest between two slices. */
  private void mergeOrWait() throws InterruptedException {
    if (replicator().fills().goOn()) {
      var unused = tryYieldToMailbox();
    } else {
      yieldToMailbox();
    }
  }

  private void goOnIn(long millis) {
    var clock = getProcessingTimeService();
    clock.registerTimer(
        clock.getCurrentProcessingTime() + millis, time -> replicator().fills().rested());
  }

  @Override
  public void close() throws Exception {
    var closing = reader;
    reader = null;
    if (closing != null) {
      closing.thread().close();
    }
    super.close();
  }

  private Replicator replicator() {
    var current = replicator;
    if (current == null) {
      throw new IllegalStateException("the operator is not initialized");
    }
    return current;
  }

  private void timerIn(long millis) {
    var service = timers;
    if (service == null) {
      throw new IllegalStateException("the operator is not open");
    }
    service.registerProcessingTimeTimer(
        VoidNamespace.INSTANCE, service.currentProcessingTime() + millis);
  }

  /** Only aggregates that hold something, or have a conflict, have entries: these are few. */
  private void findHeldAndConflicts(HoldTimes newHolds, OpenConflicts newConflicts)
      throws Exception {
    var backend = this.<String>getKeyedStateBackend();
    if (backend == null) {
      throw new IllegalStateException("the operator has no keyed state");
    }
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        ReplicaState.CONFLICT_DESCRIPTOR,
        (key, state) -> {
          if (Conflicts.isOpen(state.value())) {
            newConflicts.restored(key);
          }
        });
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        ReplicaState.HOLDING_DESCRIPTOR,
        (key, state) -> {
          var blob = state.value();
          if (blob != null) {
            var head = ReplicaBlob.decode(blob);
            newHolds.restored(AggregateKey.parse(key), head.held(), head.heldSinceMillis());
          }
        });
  }

  /** Reuses one stream record per output: chained sinks take the value, never the record. */
  private final class FlinkOutputs implements ReplicationOutputs {

    private final OpenConflicts open;
    private final StreamRecord<PublishedRow> row = new StreamRecord<>(null);
    private final StreamRecord<AggregateView> view = new StreamRecord<>(null);
    private final StreamRecord<ConflictRecord> conflict = new StreamRecord<>(null);
    private final StreamRecord<CommandRecord> request = new StreamRecord<>(null);
    private final StreamRecord<DeadLetter> letter = new StreamRecord<>(null);

    FlinkOutputs(OpenConflicts open) {
      this.open = open;
    }

    @Override
    public void inbound(PublishedRow value) {
      output.collect(row.replace(value));
    }

    @Override
    public void view(AggregateView value) {
      output.collect(VIEWS, view.replace(value));
    }

    @Override
    public void conflict(ConflictRecord value) {
      open.note(value);
      output.collect(CONFLICTS, conflict.replace(value));
    }

    @Override
    public void request(RepublishRequest value) {
      output.collect(REQUESTS, request.replace(RepublishFunction.recordOf(value)));
    }

    @Override
    public void deadLetter(DeadLetter value) {
      output.collect(DEAD_LETTERS, letter.replace(value));
    }
  }
}
