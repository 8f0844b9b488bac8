package dev.anabranch.operators.replication;

import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RepublishRequest;
import dev.anabranch.model.Shards;
import dev.anabranch.model.SourcePosition;
import dev.anabranch.serde.CommandRecordTypeInfo;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.wire.RepublishWire;
import dev.anabranch.wire.WireFormatException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of other regions: publishes what the own store has of an aggregate and they
 * do not. A region that has none of it passes the request on to those that read from it.
 *
 * <p><b>Bounds.</b> An aggregate is answered once in a pause, with so many rows at most; who still
 * misses some asks again. Requests that are old are left alone: whoever made them has asked again.
 *
 * <p><b>Failure.</b> None: a database that does not answer leaves the request to be made again.
 */
public final class RepublishFunction extends KeyedProcessFunction<String, CommandRecord, LogRow> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RepublishFunction.class);

  /** Requests for the regions that read from this one. */
  public static final OutputTag<CommandRecord> PASSED_ON =
      new OutputTag<>("passed-on", CommandRecordTypeInfo.INSTANCE);

  static final int MAX_ROWS = 10_000;
  static final Duration MAX_AGE = Duration.ofHours(1);

  private static final String ANSWERED = "answered-v1";

  // -- Configuration.
  private final String region;
  private final int shardCount;
  private final long pauseMillis;
  private final EventStoreFactory storeFactory;

  // -- Runtime, from open on.
  private transient @Nullable ValueState<Long> answered;
  private transient @Nullable EventStore store;
  private transient @Nullable Map<Integer, LogSession> sessions;
  private transient @Nullable Counter requests;
  private transient @Nullable Counter republished;

  /**
   * @param pause how long an aggregate is not published again
   */
  public RepublishFunction(
      String region, int shardCount, Duration pause, EventStoreFactory storeFactory) {
    this.region = region;
    this.shardCount = shardCount;
    this.pauseMillis = pause.toMillis();
    this.storeFactory = storeFactory;
  }

  @Override
  public void open(OpenContext context) {
    answered =
        getRuntimeContext().getState(new ValueStateDescriptor<>(ANSWERED, LongSerializer.INSTANCE));
    var group = getRuntimeContext().getMetricGroup().addGroup("anabranch");
    requests = group.counter("republishRequestsIn");
    republished = group.counter("rowsRepublished");
  }

  @Override
  public void processElement(CommandRecord record, Context context, Collector<LogRow> out)
      throws Exception {
    RepublishRequest request;
    try {
      request = RepublishWire.decode(record.message());
    } catch (WireFormatException e) {
      LOG.warn("Record {} is left out: {}", record.source(), e.getMessage());
      return;
    }
    var now = context.timerService().currentProcessingTime();
    count(requests, 1);
    if (request.region().equals(region)
        || now - request.atMillis() > MAX_AGE.toMillis()
        || wasAnswered(now)) {
      return;
    }
    List<LogRow> missing;
    try {
      missing = missing(request);
    } catch (StoreUnavailableException e) {
      LOG.warn(
          "{} can't be published again for region {} now: {}",
          request.aggregate(),
          request.region(),
          e.getMessage());
      closeSessions();
      return;
    }
    if (answered != null) {
      answered.update(now);
      // The state is for those that are asked for, which are few and change.
      context.timerService().registerProcessingTimeTimer(now + pauseMillis);
    }
    missing.forEach(out::collect);
    count(republished, missing.size());
    if (!missing.isEmpty()) {
      LOG.info(
          "{} commits of {} are published again: region {} misses some",
          missing.size(),
          request.aggregate(),
          request.region());
    } else if (request.hops() > 0) {
      context.output(PASSED_ON, recordOf(request.passedOn()));
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<LogRow> out) {
    if (answered != null) {
      answered.clear();
    }
  }

  /** Also called if it was never opened; whatever it throws ends the TaskManager. */
  @Override
  public void close() throws Exception {
    closeSessions();
    if (store != null) {
      store.close();
    }
  }

  /** A request as the sink takes it; it came from no topic. */
  static CommandRecord recordOf(RepublishRequest request) {
    return new CommandRecord(
        request.aggregate().toString(),
        RepublishWire.encode(request),
        new SourcePosition("", 0, 0, request.atMillis()));
  }

  private boolean wasAnswered(long now) throws Exception {
    var last = answered == null ? null : answered.value();
    return last != null && now - last < pauseMillis && now >= last;
  }

  private List<LogRow> missing(RepublishRequest request) {
    var key = request.aggregate();
    var session = session(Shards.shardOf(key.toString(), shardCount));
    return session.commits(List.of(key)).getOrDefault(key, List.of()).stream()
        .filter(row -> !request.applied().covers(Rows.dot(row)))
        .limit(MAX_ROWS)
        .toList();
  }

  private LogSession session(int shard) {
    var opened = store;
    if (opened == null) {
      opened = storeFactory.open();
      store = opened;
    }
    var known = sessions;
    if (known == null) {
      known = new HashMap<>();
      sessions = known;
    }
    var owner = opened;
    return known.computeIfAbsent(opened.layout().databaseOf(shard), owner::open);
  }

  private void closeSessions() {
    if (sessions != null) {
      sessions.values().forEach(LogSession::close);
      sessions.clear();
    }
  }

  private static void count(@Nullable Counter counter, long more) {
    if (counter != null) {
      counter.inc(more);
    }
  }
}
