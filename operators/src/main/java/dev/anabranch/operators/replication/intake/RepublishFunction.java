package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.RangeRequest;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.serde.CommandRecordTypeInfo;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.store.StoredLog;
import dev.anabranch.wire.RangeRequestWire;
import dev.anabranch.wire.RepublishWire;
import dev.anabranch.wire.blob.WireFormatException;
import java.time.Duration;
import java.util.HashMap;
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
 * do not, or rows of the own log that they miss. A request is passed on to those that read from
 * this one, whether it was answered or not, while it has hops left.
 *
 * <p><b>Bounds.</b> An aggregate is answered once in a pause, with so many rows at most; who still
 * misses some asks again. A page of {@link #PAGE_BYTES}, or of one row, is in memory. Requests that
 * are old are left alone: whoever made them has asked again.
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
  private static final int PAGE_ROWS = 500;
  static final long PAGE_BYTES = 8 << 20;
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
  private transient @Nullable Map<Integer, StoredLog> sessions;
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
      var range = RangeRequestWire.decode(record.message());
      if (range.isPresent()) {
        answer(range.get(), context, out);
        return;
      }
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
    int published;
    try {
      published = publish(request, out);
    } catch (StoreUnavailableException e) {
      LOG.warn(
          "{} can't be published again for region {} now: {}",
          request.aggregate(),
          request.region(),
          e.getMessage());
      closeSessions();
      return;
    }
    remember(now, context);
    if (published > 0) {
      LOG.info(
          "{} commits of {} are published again: region {} misses some",
          published,
          request.aggregate(),
          request.region());
    }
    if (request.hops() > 0) {
      // Also if there was something to publish: who asks may not read from this region.
      context.output(PASSED_ON, recordOf(request.passedOn()));
    }
  }

  /** Rows of a log are in the store of its region only; the others pass the request on. */
  private void answer(RangeRequest request, Context context, Collector<LogRow> out)
      throws Exception {
    var now = context.timerService().currentProcessingTime();
    count(requests, 1);
    if (request.region().equals(region)
        || now - request.atMillis() > MAX_AGE.toMillis()
        || wasAnswered(now)) {
      return;
    }
    if (!request.log().equals(region)) {
      remember(now, context);
      if (request.hops() > 0) {
        context.output(PASSED_ON, recordOf(request.passedOn()));
      }
      return;
    }
    if (request.shard() >= shardCount) {
      LOG.warn(
          "Region {} asks for rows of shard {}, which is none", request.region(), request.shard());
      return;
    }
    var published = 0;
    try {
      published = publish(request, out);
    } catch (StoreUnavailableException e) {
      LOG.warn(
          "Rows {} to {} of shard {} can't be published again for region {} now: {}",
          request.from(),
          request.to() - 1,
          request.shard(),
          request.region(),
          e.getMessage());
      closeSessions();
      return;
    }
    remember(now, context);
    LOG.info(
        "{} rows of shard {} from {} on are published again: region {} misses them",
        published,
        request.shard(),
        request.from(),
        request.region());
  }

  /** Publishes page by page, at most {@link #MAX_ROWS}: who asked asks again for the rest. */
  private int publish(RangeRequest request, Collector<LogRow> out) {
    var session = session(request.shard());
    var next = request.from();
    var end = Math.min(request.to(), request.from() + MAX_ROWS);
    var published = 0;
    while (next < end) {
      var page =
          session.read(request.shard(), next, (int) Math.min(PAGE_ROWS, end - next), PAGE_BYTES);
      for (var row : page) {
        if (row.offset() < end) {
          out.collect(row);
          published++;
        }
      }
      count(republished, page.size());
      if (page.isEmpty()) {
        break;
      }
      next = page.get(page.size() - 1).offset() + 1;
    }
    return published;
  }

  private void remember(long now, Context context) throws Exception {
    if (answered != null) {
      answered.update(now);
      // The state is for those that are asked for, which are few and change.
      context.timerService().registerProcessingTimeTimer(now + pauseMillis);
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
  public static CommandRecord recordOf(RepublishRequest request) {
    return new CommandRecord(
        request.aggregate().toString(),
        RepublishWire.encode(request),
        new SourcePosition("", 0, 0, request.atMillis()));
  }

  /** A request as the sink takes it; it came from no topic. */
  static CommandRecord recordOf(RangeRequest request) {
    return new CommandRecord(
        RangeRequestWire.routingKey(request),
        RangeRequestWire.encode(request),
        new SourcePosition("", 0, 0, request.atMillis()));
  }

  private boolean wasAnswered(long now) throws Exception {
    var last = answered == null ? null : answered.value();
    return last != null && now - last < pauseMillis && now >= last;
  }

  /** Publishes page by page what they don't have, at most {@link #MAX_ROWS}. */
  private int publish(RepublishRequest request, Collector<LogRow> out) {
    var key = request.aggregate();
    var session = session(Shards.shardOf(key.toString(), shardCount));
    var published = 0;
    var next = 0L;
    while (published < MAX_ROWS) {
      var page = session.commits(key, next, PAGE_ROWS, PAGE_BYTES);
      if (page.isEmpty()) {
        break;
      }
      next = page.get(page.size() - 1).offset() + 1;
      for (var row : page) {
        if (published < MAX_ROWS && !request.applied().covers(row.outcome().commitDot())) {
          out.collect(row);
          count(republished, 1);
          published++;
        }
      }
    }
    return published;
  }

  private StoredLog session(int shard) {
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
    return known.computeIfAbsent(opened.layout().databaseOf(shard), owner::read);
  }

  private void closeSessions() {
    if (sessions != null) {
      sessions.values().forEach(StoredLog::close);
      sessions.clear();
    }
  }

  private static void count(@Nullable Counter counter, long more) {
    if (counter != null) {
      counter.inc(more);
    }
  }
}
