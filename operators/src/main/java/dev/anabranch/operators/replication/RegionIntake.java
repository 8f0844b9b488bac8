package dev.anabranch.operators.replication;

import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.PublishedRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.command.DomainLoader;
import dev.anabranch.serde.DeadLetterTypeInfo;
import dev.anabranch.store.LogEnds;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.EventsBlob;
import dev.anabranch.wire.ForgetWire;
import dev.anabranch.wire.WireFormatException;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records of one region's events topic: what is no row of that region goes to the dead
 * letters, what the connection does not take is left out, all else is fit for the gate.
 *
 * <p>A dead letter is not skipped: the gate holds whatever depends on it.
 */
public final class RegionIntake extends ProcessFunction<CommandRecord, PublishedRow> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RegionIntake.class);

  /** Records that are no rows of the region. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", DeadLetterTypeInfo.INSTANCE);

  private static final Duration LAG_INTERVAL = Duration.ofSeconds(5);

  static final String UNDECODABLE = "undecodable-event";
  static final String FOREIGN = "foreign-region";

  // -- Configuration.
  private final String region;
  private final boolean isOwn;
  private final PeerFilter filterSpec;
  private final DomainLoader domain;
  private final LogEnds ends;

  // -- Runtime, from open on.
  private transient @Nullable CommitFilter filter;
  private transient @Nullable Counter deadLetters;
  private transient @Nullable Counter filtered;
  private transient @Nullable Counter forgotten;
  private transient @Nullable PeerLag lag;

  /**
   * @param region whose topic is read
   * @param isOwn whether it is the job's own region
   * @param ends where that topic ends
   */
  public RegionIntake(
      String region, boolean isOwn, PeerFilter filter, DomainLoader domain, LogEnds ends) {
    this.region = region;
    this.isOwn = isOwn;
    this.filterSpec = filter;
    this.domain = domain;
    this.ends = ends;
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    var userCode = runtime.getUserCodeClassLoader();
    filter =
        filterSpec.equals(PeerFilter.NONE)
            ? null
            : CommitFilter.of(filterSpec, domain.load(userCode), userCode);
    var group = runtime.getMetricGroup().addGroup("anabranch").addGroup("region", region);
    deadLetters = group.counter("deadLetters");
    forgotten = group.counter("forgottenRanges");
    filtered = group.counter("commitsFiltered");
    var newLag = new PeerLag(region, ends, LAG_INTERVAL);
    lag = newLag;
    group.gauge("commitsBehind", newLag::rows);
  }

  @Override
  public void close() {
    if (lag != null) {
      lag.close();
    }
  }

  @Override
  public void processElement(CommandRecord record, Context context, Collector<PublishedRow> out) {
    if (lag != null) {
      lag.read(record.source().partition(), record.source().offset());
    }
    if (ForgetWire.isForget(record.message())) {
      forget(record);
      return;
    }
    PublishedRow published;
    try {
      var decoded = EventWire.decode(record.message());
      if (!decoded.region().equals(region)) {
        refuse(
            context,
            record,
            FOREIGN,
            "the record is of region " + decoded.region() + ", the topic of " + region);
        return;
      }
      check(decoded.row());
      published = new PublishedRow(decoded.region(), decoded.row());
    } catch (IllegalArgumentException | WireFormatException e) {
      refuse(context, record, UNDECODABLE, String.valueOf(e.getMessage()));
      return;
    }
    if (isOwn || (published.row().outcome().dot() != null)) {
      pass(published, out);
    }
  }

  /** What the gate and the graph rely on. */
  private static void check(LogRow row) {
    if (row.outcome().dot() == null) {
      if (row.outcome().kind().hasVersion() || row.outcome().kind() == RowKind.TOMBSTONE) {
        throw new WireFormatException("a " + row.outcome().kind() + " without a dot");
      }
      return;
    }
    var node = Rows.node(row);
    if (!node.isHollow()) {
      EventsBlob.types(row.outcome().blobs().events());
    }
  }

  private void pass(PublishedRow published, Collector<PublishedRow> out) {
    if (filter == null || isOwn) {
      out.collect(published);
      return;
    }
    var taken = published.row();
    try {
      taken = filter.apply(published.row());
    } catch (Throwable e) {
      LOG.error(
          "The filter of region {} throws for {}: the commit is taken",
          region,
          published.row().outcome().aggregate(),
          ApplicationCode.loggable(e));
    }
    if (taken != published.row() && filtered != null) {
      filtered.inc();
    }
    if (taken != null) {
      out.collect(new PublishedRow(published.region(), taken));
    }
  }

  /**
   * What was taken from there stays: dots that are given again with other content are noticed one
   * by one, here and in the command job.
   */
  private void forget(CommandRecord record) {
    if (forgotten != null) {
      forgotten.inc();
    }
    try {
      LOG.error(
          "Region {} gives up rows that it has published: {}. Commits of them that are here have"
              + " no counterpart there any more; compare the regions: anabranch verify --across",
          region,
          ForgetWire.decode(record.message()));
    } catch (WireFormatException e) {
      LOG.error("Record {} of region {}: {}", record.source(), region, e.getMessage());
    }
  }

  private void refuse(Context context, CommandRecord record, String code, String message) {
    if (deadLetters != null) {
      deadLetters.inc();
    }
    LOG.error("Record {} of region {} can't be read: {}", record.source(), region, message);
    context.output(DEAD_LETTERS, new DeadLetter(record, code, message));
  }
}
