package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.lane.FenceRow;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.serde.AggregateRecordSerializer;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The command operator on Flink's keyed harness and a real RocksDB backend. A crash is {@link
 * #crash}: a new operator that knows only the last snapshot, and the store.
 *
 * <p>The commands since the last snapshot are replayed after a crash, as Kafka would.
 */
public final class OperatorHarness implements AutoCloseable {

  public static final int SHARDS = 16;
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            var thread = new Thread(work, "harness-watch");
            thread.setDaemon(true);
            return thread;
          });

  private EventStoreFactory store;
  private final TestTopic topic = new TestTopic(SHARDS, 4);
  private final List<CommandRecord> sinceSnapshot = new ArrayList<>();
  private final List<CommandRecord> remoteSinceSnapshot = new ArrayList<>();
  private final List<LogRow> rows = new ArrayList<>();
  private final List<LogRow> fences = new ArrayList<>();
  private final List<CommandReply> replies = new ArrayList<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private CommandOperatorOptions options = defaults();
  private Domain domain = new TallyDomain(true);
  private TaskThreads threads = TaskThreads.REAL;
  private KeyedOneInputStreamOperatorTestHarness<String, CommandRecord, LogRow> harness;
  private @Nullable OperatorSubtaskState snapshot;
  private long nextOffset;
  private long nextCheckpoint = 1;

  OperatorHarness(EventStoreFactory store) throws Exception {
    this(store, defaults());
  }

  OperatorHarness(EventStoreFactory store, CommandOperatorOptions options) throws Exception {
    this(store, options, new TallyDomain(true));
  }

  OperatorHarness(EventStoreFactory store, CommandOperatorOptions options, Domain domain)
      throws Exception {
    this.store = store;
    this.options = options;
    this.domain = domain;
    this.harness = start(null);
  }

  static CommandOperatorOptions defaults() {
    return options(new Batching(1, 50, 1 << 20, 200, 1 << 24), Duration.ofSeconds(20));
  }

  static CommandOperatorOptions options(Batching batching, Duration drainTimeout) {
    return new CommandOperatorOptions(
        "a", RegionMap.of("a"), SHARDS, batching, 10_000, 200, 4, drainTimeout);
  }

  /** Takes effect at the next start. */
  void release(Domain domain) {
    this.domain = domain;
  }

  /** Takes effect at the next start. */
  void useOptions(CommandOperatorOptions newOptions) {
    this.options = newOptions;
  }

  /** Takes effect at the next start. */
  void useStore(EventStoreFactory store) {
    this.store = store;
  }

  /** Takes effect at the next start. */
  void useThreads(TaskThreads newThreads) {
    this.threads = newThreads;
  }

  /** The events topic, as far as the rows were taken from the operator. */
  TestTopic topic() {
    return topic;
  }

  /** Runs mails until one of them throws. */
  void settleUntilFailure() throws Exception {
    pumpUntil(() -> false);
  }

  /** Hands a command in, and does not wait for its outcome. */
  void send(String aggregate, String commandId, String text) throws Exception {
    send(command(aggregate, commandId, text, CommandEnvelope.ANY_VERSION));
  }

  void send(CommandRecord command) throws Exception {
    sinceSnapshot.add(command);
    harness.processElement(new StreamRecord<>(command));
  }

  /** Hands in a commit of another region, as the cross-region job would. */
  void sendRemote(CommandRecord commit) throws Exception {
    remoteSinceSnapshot.add(commit);
    processRemote(commit);
  }

  /** What Flink does with an element of a second keyed input, which the harness doesn't have. */
  private void processRemote(CommandRecord commit) throws Exception {
    var operator = (CommandOperator) harness.getOperator();
    operator.setCurrentKey(commit.routingKey());
    operator.processElement2(new StreamRecord<>(commit));
  }

  /** How many entries a map in the aggregate's keyed state has. */
  public int entriesOf(String stateName, String aggregate) throws Exception {
    var backend = harness.getOperator().<String>getKeyedStateBackend();
    backend.setCurrentKey(aggregate);
    var map =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>(
                stateName, StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
    var count = 0;
    for (var unused : map.keys()) {
      count++;
    }
    return count;
  }

  /** Commands and commits that were taken in and have no answer yet. */
  int pending() {
    return shards().pending();
  }

  boolean hasRoom(String routingKey) {
    return shards().hasRoom(routingKey);
  }

  boolean hasRoomForRemote(String routingKey) {
    return shards().hasRoomForRemote(routingKey);
  }

  /** The operator's own view of what it holds. */
  CommandShards shards() {
    return ((CommandOperator) harness.getOperator()).shards();
  }

  /** The state of an aggregate as the last checkpoint, or an eviction, wrote it. */
  String storedState(String aggregate) throws Exception {
    var backend = harness.getOperator().<String>getKeyedStateBackend();
    backend.setCurrentKey(aggregate);
    var stored =
        backend
            .getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new ValueStateDescriptor<>(
                    FlinkCommandState.AGGREGATE, new AggregateRecordSerializer()))
            .value();
    return new String(Objects.requireNonNull(stored.state()).data(), StandardCharsets.UTF_8);
  }

  /** Hands a command in and waits until it is answered. */
  CommandReply handle(String aggregate, String commandId, String text) throws Exception {
    send(aggregate, commandId, text);
    settle();
    return lastReply();
  }

  CommandRecord command(String aggregate, String commandId, String text, long expectedVersion) {
    return command(aggregate, commandId, text, expectedVersion, ReplyTarget.DEFAULT);
  }

  /** A command that builds on one live branch. */
  CommandRecord commandOn(String aggregate, String commandId, String text, Dot version) {
    var plain = command(aggregate, commandId, text, CommandEnvelope.ANY_VERSION);
    var headers = new ArrayList<>(plain.message().headers());
    headers.add(RecordHeader.of(Headers.BUILDS_ON, version.toString()));
    var message = new MessageRecord(plain.message().key(), plain.message().value(), headers);
    return new CommandRecord(plain.routingKey(), message, plain.source());
  }

  CommandRecord command(String aggregate, String commandId, String text, String correlationId) {
    var target =
        new ReplyTarget(
            null, ReplyTarget.ANY_PARTITION, correlationId.getBytes(StandardCharsets.UTF_8));
    return command(aggregate, commandId, text, CommandEnvelope.ANY_VERSION, target);
  }

  CommandRecord command(String aggregate, String commandId, String text, VectorTime revision) {
    var envelope =
        new CommandEnvelope(
            AggregateKey.parse(aggregate),
            commandId,
            new EncodedMessage("command", 1, text.getBytes(StandardCharsets.UTF_8)),
            CommandEnvelope.ANY_VERSION,
            revision,
            Map.of(),
            ReplyTarget.DEFAULT);
    return record(aggregate, CommandWire.encode(envelope, "text/plain", "/test"));
  }

  private CommandRecord command(
      String aggregate, String commandId, String text, long expectedVersion, ReplyTarget target) {
    var key = AggregateKey.parse(aggregate);
    var envelope =
        new CommandEnvelope(
            key,
            commandId,
            new EncodedMessage("command", 1, text.getBytes(StandardCharsets.UTF_8)),
            expectedVersion,
            Map.of(),
            target);
    return record(aggregate, CommandWire.encode(envelope, "text/plain", "/test"));
  }

  CommandRecord record(String routingKey, MessageRecord message) {
    return new CommandRecord(
        routingKey, message, new SourcePosition("commands.a", 0, nextOffset++, 0));
  }

  /** Runs the mailbox until every command handed in has its answer. */
  public void settle() throws Exception {
    var late =
        WATCH.schedule(
            () -> harness.getTaskMailbox().put(new Mail(OperatorHarness::late, 0, "late")),
            PATIENCE.toSeconds() * 3,
            TimeUnit.SECONDS);
    try {
      harness.endInput();
    } finally {
      late.cancel(false);
    }
    pump();
    collect();
  }

  private static void late() {
    throw new AssertionError("commands that get no answer");
  }

  /** Runs the mails that are there now. */
  void pump() throws Exception {
    while (harness.getTaskMailbox().hasMail()) {
      var mail = harness.getTaskMailbox().tryTake(0);
      if (mail.isPresent()) {
        mail.get().run();
      }
    }
    collect();
  }

  /** Runs mails until the condition holds. */
  void pumpUntil(java.util.function.BooleanSupplier condition) throws Exception {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("condition not met within " + PATIENCE);
      }
      pump();
      Thread.onSpinWait();
    }
  }

  /** A completed checkpoint. */
  public void checkpoint() throws Exception {
    snapshot = takeSnapshot();
    harness.notifyOfCompletedCheckpoint(nextCheckpoint - 1);
    sinceSnapshot.clear();
    remoteSinceSnapshot.clear();
  }

  OperatorSubtaskState takeSnapshot() throws Exception {
    var id = nextCheckpoint++;
    harness.prepareSnapshotPreBarrier(id);
    var taken = harness.snapshot(id, 0);
    collect();
    return taken;
  }

  /**
   * The operator dies; a new one starts from the last checkpoint, and the commands since are
   * replayed.
   */
  public void crash() throws Exception {
    crashWithoutReplay();
    for (var command : List.copyOf(sinceSnapshot)) {
      harness.processElement(new StreamRecord<>(command));
    }
    for (var commit : List.copyOf(remoteSinceSnapshot)) {
      processRemote(commit);
    }
  }

  void crashWithoutReplay() throws Exception {
    collect();
    harness.close();
    harness = start(snapshot);
  }

  /** Starts with nothing but the store. */
  public void restartFromNothing() throws Exception {
    snapshot = null;
    crashWithoutReplay();
  }

  /** What was published, but for fences. */
  List<LogRow> rows() {
    return rows;
  }

  List<LogRow> fences() {
    return fences;
  }

  List<CommandReply> replies() {
    return replies;
  }

  CommandReply lastReply() {
    return replies.get(replies.size() - 1);
  }

  List<DeadLetter> deadLetters() {
    return letters;
  }

  void forgetOutputs() {
    rows.clear();
    replies.clear();
    letters.clear();
  }

  @Override
  public void close() throws Exception {
    harness.close();
    topic.close();
  }

  private KeyedOneInputStreamOperatorTestHarness<String, CommandRecord, LogRow> start(
      @Nullable OperatorSubtaskState from) throws Exception {
    DomainLoader loader = new LocalDomain(domain);
    var created =
        new KeyedOneInputStreamOperatorTestHarness<String, CommandRecord, LogRow>(
            new CommandOperatorFactory(options, loader, store, topic, threads),
            CommandRecord::routingKey,
            Types.STRING,
            SHARDS,
            1,
            0);
    created.setStateBackend(rocksDb());
    if (from != null) {
      created.initializeState(from);
    }
    created.open();
    return created;
  }

  private void collect() {
    var output = harness.getOutput();
    for (var element = output.poll(); element != null; element = output.poll()) {
      @SuppressWarnings("unchecked") // the operator emits rows only
      var row = ((StreamRecord<LogRow>) element).getValue();
      (FenceRow.isOne(row.outcome()) ? fences : rows).add(row);
      topic.publish(row);
    }
    drain(CommandOperator.REPLIES, replies);
    drain(CommandOperator.DEAD_LETTERS, letters);
  }

  private <T> void drain(OutputTag<T> tag, List<T> target) {
    Queue<StreamRecord<T>> queue = harness.getSideOutput(tag);
    if (queue != null) {
      for (var element = queue.poll(); element != null; element = queue.poll()) {
        target.add(element.getValue());
      }
    }
  }

  /** A domain that needs no service file. */
  private record LocalDomain(Domain domain) implements DomainLoader {
    @Override
    public AggregateTypes load(ClassLoader userCode) {
      return AggregateTypes.of(domain);
    }
  }

  /** The harness has too little managed memory for RocksDB, which warns of it at every start. */
  private static EmbeddedRocksDBStateBackend rocksDb() {
    var settings = new Configuration();
    settings.set(RocksDBOptions.USE_MANAGED_MEMORY, false);
    return new EmbeddedRocksDBStateBackend(false)
        .configure(settings, OperatorHarness.class.getClassLoader());
  }
}
