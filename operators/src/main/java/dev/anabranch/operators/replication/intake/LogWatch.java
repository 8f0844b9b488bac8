package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.RangeRequest;
import dev.anabranch.model.stored.LogProgress.Range;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.serde.CommandRecordTypeInfo;
import dev.anabranch.wire.blob.LogProgressBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.java.tuple.Tuple5;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches which rows of each peer's log came, by shard. What is missing is told, and asked for
 * until it has come: no row is ever skipped. Where the topics do not have it, and the peer's store
 * may be read, it is taken from there, as if it came from the topic.
 *
 * <p><b>Recovery.</b> Positions, holes and timers are keyed state, of the same checkpoint as the
 * offsets of the topics.
 *
 * <p><b>Bounds.</b> {@link LogShard#MAX_RANGES} of a shard; {@link #MAX_REQUESTS} requests at a
 * time, each time after twice as long while nothing comes.
 *
 * <p><b>Threads.</b> The task's thread; metrics may be read from any.
 */
public final class LogWatch extends AbstractStreamOperator<PublishedRow>
    implements OneInputStreamOperator<Tuple5<String, Integer, Long, Long, Integer>, PublishedRow>,
        Triggerable<String, VoidNamespace> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);

  /** Requests for the regions that read from this one, to publish rows again. */
  public static final OutputTag<CommandRecord> REQUESTS =
      new OutputTag<>("range-requests", CommandRecordTypeInfo.INSTANCE);

  static final String POSITIONS = "log-positions-v1";
  static final int MAX_REQUESTS = 16;
  private static final int MAX_DOUBLINGS = 6;
  private static final String TIMERS = "log-watch-timers";

  private static final ValueStateDescriptor<byte[]> DESCRIPTOR =
      new ValueStateDescriptor<>(POSITIONS, BytePrimitiveArraySerializer.INSTANCE);

  private final LogWatchFactory settings;
  private final transient TaskMailbox mailbox;
  private final StreamRecord<PublishedRow> out = new StreamRecord<>(null);
  private final Map<String, Region> regions = new HashMap<>();
  private transient @Nullable ValueState<byte[]> positions;
  private transient @Nullable InternalTimerService<VoidNamespace> timers;
  private transient @Nullable Map<String, PeerStoreReader> readers;
  private transient @Nullable Map<String, IntakeRules> rules;

  /** What is shown of a peer's log. */
  private static final class Region {
    final AtomicLong missing = new AtomicLong();
    final Counter found;
    final Counter requests;
    final Counter rowsFromStore;
    final AtomicLong storeFailures = new AtomicLong();

    Region(LogWatch operator, String name) {
      var group = operator.getMetricGroup().addGroup("anabranch").addGroup("region", name);
      group.gauge("logRowsMissing", missing::get);
      found = group.counter("logHolesFound");
      requests = group.counter("rangeRequestsOut");
      rowsFromStore = group.counter("rowsFromPeerStore");
      group.gauge("peerStoreFailures", storeFailures::get);
    }
  }

  LogWatch(StreamOperatorParameters<PublishedRow> parameters, LogWatchFactory settings) {
    super(parameters);
    this.settings = settings;
    this.mailbox = TaskMailbox.of(parameters.getMailboxExecutor());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    positions = context.getKeyedStateStore().getState(DESCRIPTOR);
    if (context.isRestored()) {
      this.<String>getKeyedStateBackend()
          .applyToAllKeys(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              DESCRIPTOR,
              (key, state) -> {
                var kept = LogShard.of(LogProgressBlob.decode(state.value()));
                of(peerOf(key)).missing.addAndGet(kept.missingRows());
              });
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    timers = getInternalTimerService(TIMERS, VoidNamespaceSerializer.INSTANCE, this);
    var newReaders = new HashMap<String, PeerStoreReader>();
    var newRules = new HashMap<String, IntakeRules>();
    readers = newReaders;
    rules = newRules;
    settings.stores().forEach((peer, store) -> openStore(peer, store, newReaders, newRules));
  }

  private void openStore(
      String peer,
      LogWatchFactory.PeerStore store,
      Map<String, PeerStoreReader> newReaders,
      Map<String, IntakeRules> newRules) {
    var shown = of(peer);
    newRules.put(
        peer,
        IntakeRules.of(
            peer,
            false,
            store.filter(),
            store.domain(),
            getUserCodeClassloader(),
            getMetricGroup()
                .addGroup("anabranch")
                .addGroup("region", peer)
                .counter("commitsFiltered")));
    var reader =
        new PeerStoreReader(
            peer,
            store.store(),
            mailbox,
            settings.threads(),
            (shard, rows) -> readFromStore(peer, shard, rows),
            shown.storeFailures::incrementAndGet);
    newReaders.put(peer, reader);
    reader.start();
  }

  @Override
  public void close() throws Exception {
    if (readers != null) {
      Worker.closeAll(readers.values().stream().map(PeerStoreReader::thread).toList());
    }
    super.close();
  }

  @Override
  public void processElement(StreamRecord<Tuple5<String, Integer, Long, Long, Integer>> element)
      throws Exception {
    var note = LogNote.of(element.getValue());
    var shard = load();
    var before = shard.missingRows();
    var found = shard.take(note);
    if (found > 0) {
      of(note.region()).found.inc();
      LOG.warn(
          "Region {}'s log: {} rows of shard {} before row {} did not come, or can't be read",
          note.region(),
          found,
          note.shard(),
          note.to());
    }
    keep(note.region(), note.shard(), shard, before);
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("there are no timers in event time");
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    var key = timer.getKey();
    var peer = peerOf(key);
    var number = Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
    var shard = load();
    var before = shard.missingRows();
    if (before == 0 || shard.lookAtMillis() == 0) {
      return;
    }
    var looks = shard.looked();
    var ranges = shard.missing();
    LOG.error(
        "Region {}'s log: {} rows of shard {} are missing, the first ones {} to {}. The regions that"
            + " read from this one are asked for them, look {}. If this stays so: anabranch events"
            + " republish --shard {} in region {}",
        peer,
        before,
        number,
        ranges.get(0).from(),
        ranges.get(0).to() - 1,
        looks,
        number,
        peer);
    var now = timers().currentProcessingTime();
    var reader = readers == null ? null : readers.get(peer);
    for (var range : atLook(looks, ranges)) {
      if (reader != null && looks > 1) {
        reader.ask(new PeerStoreReader.Span(number, range.from(), range.to()));
      }
      of(peer).requests.inc();
      var request =
          new RangeRequest(
              settings.region(), peer, number, range.from(), range.to(), now, settings.hops());
      output.collect(REQUESTS, new StreamRecord<>(RepublishFunction.recordOf(request)));
    }
    shard.lookAt(now + (settings.patienceMillis() << Math.min(looks, MAX_DOUBLINGS)));
    timers().registerProcessingTimeTimer(VoidNamespace.INSTANCE, shard.lookAtMillis());
    store(shard);
  }

  /** Others at each look: those that nobody has keep none from being asked for. */
  private static List<Range> atLook(int looks, List<Range> ranges) {
    if (ranges.size() <= MAX_REQUESTS) {
      return ranges;
    }
    var asked = new ArrayList<Range>();
    var first = (looks - 1L) * MAX_REQUESTS;
    for (var i = 0; i < MAX_REQUESTS; i++) {
      asked.add(ranges.get((int) ((first + i) % ranges.size())));
    }
    return asked;
  }

  /** Takes rows as if they came from the topic; what has come from there meanwhile is left out. */
  private void readFromStore(String peer, int number, List<LogRow> rows) throws Exception {
    setCurrentKey(LogNote.keyOf(peer, number));
    var take = rules == null ? null : rules.get(peer);
    var shard = load();
    var before = shard.missingRows();
    for (var row : rows) {
      if (take == null || row.shard() != number || !shard.isMissing(row.offset())) {
        continue;
      }
      try {
        var taken = take.take(row);
        shard.arrived(row.offset(), row.offset() + 1);
        of(peer).rowsFromStore.inc();
        if (taken != null) {
          output.collect(out.replace(taken));
        }
      } catch (IllegalArgumentException | WireFormatException e) {
        LOG.error(
            "Row {} of region {}'s store can't be read by this release, and stays missing: {}",
            row.position(),
            peer,
            e.getMessage());
      }
    }
    if (shard.missingRows() < before) {
      LOG.info(
          "{} rows of shard {} of region {}'s log are taken from its store",
          before - shard.missingRows(),
          number,
          peer);
    }
    keep(peer, number, shard, before);
  }

  private void keep(String peer, int number, LogShard shard, long before) throws Exception {
    var now = shard.missingRows();
    of(peer).missing.addAndGet(now - before);
    if (now == 0 && shard.lookAtMillis() != 0) {
      timers().deleteProcessingTimeTimer(VoidNamespace.INSTANCE, shard.lookAtMillis());
      shard.ended();
      LOG.info("Region {}'s log: all missing rows of shard {} have come", peer, number);
    } else if (now > 0 && shard.lookAtMillis() == 0) {
      shard.lookAt(timers().currentProcessingTime() + settings.patienceMillis());
      timers().registerProcessingTimeTimer(VoidNamespace.INSTANCE, shard.lookAtMillis());
    }
    store(shard);
  }

  private LogShard load() throws Exception {
    var kept = state().value();
    return kept == null ? LogShard.unknown() : LogShard.of(LogProgressBlob.decode(kept));
  }

  private void store(LogShard shard) throws Exception {
    if (shard.isKnown()) {
      state().update(LogProgressBlob.encode(shard.progress()));
    }
  }

  private ValueState<byte[]> state() {
    if (positions == null) {
      throw new IllegalStateException("the operator is not initialized");
    }
    return positions;
  }

  private InternalTimerService<VoidNamespace> timers() {
    if (timers == null) {
      throw new IllegalStateException("the operator is not open");
    }
    return timers;
  }

  private Region of(String peer) {
    return regions.computeIfAbsent(peer, name -> new Region(this, name));
  }

  private static String peerOf(String key) {
    return key.substring(0, key.lastIndexOf('/'));
  }
}
