package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.Domain;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.operators.replication.NoteDomain;
import dev.anabranch.operators.replication.ReplicationOperator;
import dev.anabranch.operators.replication.ReplicationOperatorFactory;
import dev.anabranch.operators.replication.ReplicationOptions;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.wire.RepublishWire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The replication operator of region a on Flink's keyed harness and a real RocksDB backend. {@link
 * #crashAndRestore} is a new operator that knows only what is in a snapshot taken just before.
 */
public final class ReplicationHarness implements AutoCloseable {

  public static final int SHARDS = 16;
  public static final Duration MAX_SKEW = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** So few that they come and go. */
  private static final int CACHED = 2;

  private final EventStoreFactory store;
  private final int maxHeld;
  private long cachedBytes = ReplicationOptions.DEFAULT_CACHED_BYTES;
  private ReplicationOptions options;
  private final List<PublishedRow> inbound = new ArrayList<>();
  private final Map<String, AggregateView> views = new LinkedHashMap<>();
  private final List<ConflictRecord> conflicts = new ArrayList<>();
  private final List<CommandRecord> requests = new ArrayList<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private Domain domain = new NoteDomain();
  private KeyedOneInputStreamOperatorTestHarness<String, PublishedRow, PublishedRow> harness;
  private long nextCheckpoint = 1;
  private final List<LogRow> ownRows = new ArrayList<>();
  private boolean storeLags;

  public ReplicationHarness(EventStoreFactory store) throws Exception {
    this(store, 100);
  }

  public ReplicationHarness(EventStoreFactory store, int maxHeld) throws Exception {
    this.store = store;
    this.maxHeld = maxHeld;
    this.options = options("a", "b", "c");
    this.harness = start(null);
  }

  private ReplicationOptions options(String... regions) {
    return new ReplicationOptions(
        "a",
        SHARDS,
        List.of(regions),
        maxHeld,
        Duration.ofSeconds(5),
        MAX_SKEW,
        10,
        CACHED,
        cachedBytes);
  }

  /**
   * What the cache, and an aggregate that is made anew, may take; takes effect at the next start.
   */
  public void cachedBytes(long bytes) {
    cachedBytes = bytes;
    options = options(options.regions().toArray(String[]::new));
  }

  /** The regions that the configuration names; takes effect at the next start. */
  public void names(String... regions) {
    options = options(regions);
  }

  /** Takes effect at the next start. */
  public void release(Domain newDomain) {
    domain = newDomain;
  }

  /** Own rows that were published are not in the store from here on. */
  void storeLags() {
    storeLags = true;
  }

  public void process(PublishedRow row) throws Exception {
    if (row.region().equals("a") && !storeLags) {
      ownRows.add(row.row());
    }
    harness.processElement(new StreamRecord<>(row));
    collect();
  }

  /** Waits until nothing is being read from the store. */
  public void settle() throws Exception {
    harness.endInput();
    pump();
  }

  /** Lets time pass; what is asked of the store then is waited for. */
  public void pass(Duration time) throws Exception {
    passUnanswered(time);
    settle();
  }

  /** Lets time pass; what the store answers then is a mail that nobody has run yet. */
  void passUnanswered(Duration time) throws Exception {
    storeOwnRows();
    harness.setProcessingTime(harness.getProcessingTime() + time.toMillis());
  }

  /** Lets the task rest until the next slice of what was read is merged. */
  public void slice() throws Exception {
    harness.setProcessingTime(harness.getProcessingTime() + 1);
    collect();
  }

  /** A checkpoint that nobody starts from. */
  public void checkpoint() throws Exception {
    var id = nextCheckpoint++;
    harness.prepareSnapshotPreBarrier(id);
    var unused = harness.snapshot(id, 0);
    collect();
  }

  public void crashAndRestore() throws Exception {
    var id = nextCheckpoint++;
    harness.prepareSnapshotPreBarrier(id);
    var snapshot = harness.snapshot(id, 0);
    collect();
    harness.close();
    storeOwnRows();
    harness = start(snapshot);
  }

  /** What was published is in the store; a start from a checkpoint looks. */
  private void storeOwnRows() {
    var opened = store.open();
    for (var row : ownRows) {
      try (var session = opened.open(opened.layout().databaseOf(row.shard()))) {
        var unused = session.append(List.of(row));
      }
    }
    ownRows.clear();
  }

  public void restartFromNothing() throws Exception {
    collect();
    harness.close();
    harness = start(null);
  }

  public List<PublishedRow> inbound() {
    return inbound;
  }

  public List<String> inboundDots() {
    return inbound.stream().map(row -> row.row().outcome().commitDot().toString()).toList();
  }

  @Nullable
  public AggregateView view(String aggregate) {
    return views.get(aggregate);
  }

  /** The resolved state as text; "?" if there is none. */
  public String state(String aggregate) {
    var view = views.get(aggregate);
    if (view == null) {
      return "none";
    }
    var state = view.state();
    return state == null ? "?" : new String(state.data(), StandardCharsets.UTF_8);
  }

  public Map<String, AggregateView> views() {
    return views;
  }

  public List<ConflictRecord> conflicts() {
    return conflicts;
  }

  /** Status and id of each. */
  public List<String> conflictTexts() {
    return conflicts.stream().map(c -> c.status().text() + " " + c.conflictId()).toList();
  }

  /** What the regions that read from this one are asked for. */
  public List<RepublishRequest> requests() {
    return requests.stream().map(record -> RepublishWire.decode(record.message())).toList();
  }

  public List<DeadLetter> deadLetters() {
    return letters;
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }

  /** Waits for the next mail, and runs no other. */
  public void runOneMail() throws Exception {
    harness.getTaskMailbox().take(0).run();
    collect();
  }

  /** Runs mails until one of them throws. */
  void failure() throws Exception {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      pump();
      Thread.onSpinWait();
    }
  }

  private void pump() throws Exception {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (harness.getTaskMailbox().hasMail()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still mails after " + PATIENCE);
      }
      var mail = harness.getTaskMailbox().tryTake(0);
      if (mail.isPresent()) {
        mail.get().run();
      }
    }
    collect();
  }

  private KeyedOneInputStreamOperatorTestHarness<String, PublishedRow, PublishedRow> start(
      @Nullable OperatorSubtaskState from) throws Exception {
    var types = domain;
    DomainLoader loader = new LocalDomain(types);
    var created =
        new KeyedOneInputStreamOperatorTestHarness<String, PublishedRow, PublishedRow>(
            new ReplicationOperatorFactory(options, loader, store),
            row -> row.row().outcome().aggregate().toString(),
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
      var row = ((StreamRecord<PublishedRow>) element).getValue();
      inbound.add(row);
    }
    var shown = new ArrayList<AggregateView>();
    drain(ReplicationOperator.VIEWS, shown);
    shown.forEach(view -> views.put(view.aggregate().toString(), view));
    drain(ReplicationOperator.CONFLICTS, conflicts);
    drain(ReplicationOperator.REQUESTS, requests);
    drain(ReplicationOperator.DEAD_LETTERS, letters);
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

  private static EmbeddedRocksDBStateBackend rocksDb() {
    var settings = new Configuration();
    settings.set(RocksDBOptions.USE_MANAGED_MEMORY, false);
    return new EmbeddedRocksDBStateBackend(false)
        .configure(settings, ReplicationHarness.class.getClassLoader());
  }
}
