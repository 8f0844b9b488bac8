package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.serde.DeadLetterTypeInfo;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.ForgetWire;
import dev.anabranch.wire.blob.WireFormatException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.java.tuple.Tuple5;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records of one region's events topic: what is no row of that region goes to the dead
 * letters, what the connection does not take is left out, all else is fit for the gate.
 *
 * <p>Rows of the own region that were given up are left out: the store goes on without them, and
 * what is shown is to be what it holds. A peer that still has their commits gives them back.
 *
 * <p>A dead letter is not skipped: the gate holds whatever depends on it, and {@link LogWatch} is
 * told that the row is missing.
 *
 * <p><b>Recovery.</b> Which rows of a peer's log were read is told before each checkpoint, so it is
 * kept with the topic's offsets. Kept here is only whether the log was read from its beginning.
 */
public final class RegionIntake extends AbstractStreamOperator<PublishedRow>
    implements OneInputStreamOperator<CommandRecord, PublishedRow>, BoundedOneInput {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RegionIntake.class);

  /** Records that are no rows of the region. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", DeadLetterTypeInfo.INSTANCE);

  /** Notes for {@link LogWatch}: the rows of a peer's log that were read. */
  public static final OutputTag<Tuple5<String, Integer, Long, Long, Integer>> NOTES =
      new OutputTag<>("notes", LogNote.TYPE);

  private static final Duration LAG_INTERVAL = Duration.ofSeconds(5);
  private static final long NOTES_MILLIS = 2_000;

  static final String BEGAN = "log-began-v1";
  static final String UNDECODABLE = "undecodable-event";
  static final String FOREIGN = "foreign-region";

  private final RegionIntakeFactory settings;
  private final transient TaskMailbox mailbox;
  private final StreamRecord<PublishedRow> row = new StreamRecord<>(null);
  private transient @Nullable ListState<Boolean> began;
  private transient boolean readFromBeginning;

  // -- Runtime, from open on.
  private transient @Nullable IntakeRules rules;
  private transient @Nullable LogNotes notes;
  private transient @Nullable Counter deadLetters;
  private transient @Nullable Counter forgotten;
  private transient @Nullable PeerLag lag;

  RegionIntake(StreamOperatorParameters<PublishedRow> parameters, RegionIntakeFactory settings) {
    super(parameters);
    this.settings = settings;
    this.mailbox = TaskMailbox.of(parameters.getMailboxExecutor());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    readFromBeginning = !context.isRestored();
    if (settings.isOwn()) {
      return;
    }
    // Every subtask gets all: partitions move between subtasks when the job is rescaled.
    var state =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>(BEGAN, BooleanSerializer.INSTANCE));
    for (var kept : state.get()) {
      readFromBeginning |= kept;
    }
    began = state;
  }

  @Override
  public void open() throws Exception {
    super.open();
    var userCode = getUserCodeClassloader();
    var group = getMetricGroup().addGroup("anabranch").addGroup("region", settings.region());
    deadLetters = group.counter("deadLetters");
    forgotten = group.counter("forgottenRanges");
    rules =
        IntakeRules.of(
            settings.region(),
            settings.isOwn(),
            settings.filter(),
            settings.domain(),
            userCode,
            group.counter("commitsFiltered"));
    if (!settings.isOwn()) {
      notes =
          new LogNotes(
              settings.region(),
              readFromBeginning ? LogNote.Kind.READ_FROM_BEGINNING : LogNote.Kind.READ,
              note -> output.collect(NOTES, new StreamRecord<>(note.toTuple())));
      flushSoon();
    }
    var newLag =
        new PeerLag(settings.region(), settings.ends(), LAG_INTERVAL, mailbox, settings.threads());
    lag = newLag;
    group.gauge("commitsBehind", newLag::rows);
    group.gauge("partitionsNotRead", newLag::partitionsNotRead);
  }

  private void flushSoon() {
    var clock = getProcessingTimeService();
    clock.registerTimer(
        clock.getCurrentProcessingTime() + NOTES_MILLIS,
        time -> {
          flushNotes();
          flushSoon();
        });
  }

  private void flushNotes() {
    if (notes != null) {
      notes.flush();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    flushNotes();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    if (began != null) {
      began.update(List.of(readFromBeginning));
    }
  }

  @Override
  public void endInput() {
    flushNotes();
  }

  @Override
  public void close() throws Exception {
    if (lag != null) {
      lag.close();
    }
    super.close();
  }

  @Override
  public void processElement(StreamRecord<CommandRecord> element) {
    var record = element.getValue();
    if (lag != null) {
      lag.read(record.source().partition(), record.source().offset());
    }
    if (rules == null) {
      throw new IllegalStateException("the operator is not open");
    }
    if (ForgetWire.isForget(record.message())) {
      forget(record);
      return;
    }
    PublishedRow taken;
    try {
      var decoded = EventWire.decode(record.message());
      if (!decoded.region().equals(settings.region())) {
        refuse(
            record,
            FOREIGN,
            "the record is of region " + decoded.region() + ", the topic of " + settings.region());
        return;
      }
      if (isGivenUp(record, decoded.row())) {
        return;
      }
      taken = rules.take(decoded.row());
      if (notes != null) {
        notes.read(decoded.row().shard(), decoded.row().offset());
      }
    } catch (IllegalArgumentException | WireFormatException e) {
      refuse(record, UNDECODABLE, String.valueOf(e.getMessage()));
      if (notes != null) {
        EventWire.position(record.message(), settings.region())
            .ifPresent(at -> notesOf().unreadable(at.shard(), at.offset()));
      }
      return;
    }
    if (taken != null) {
      output.collect(row.replace(taken));
    }
  }

  private boolean isGivenUp(CommandRecord record, LogRow published) {
    if (settings.losses().isEmpty()) {
      return false;
    }
    var place = new LogBookmark(record.source().topicId(), record.source().offset());
    return settings.losses().stream()
        .anyMatch(loss -> loss.forgets(place, published.shard(), published.offset()));
  }

  /**
   * What was taken from there stays: dots that are given again with other content are noticed one
   * by one, here and in the command job.
   */
  private void forget(CommandRecord record) {
    if (settings.isOwn()) {
      return; // It is known from the store, or what was read is found to be missing there.
    }
    if (forgotten != null) {
      forgotten.inc();
    }
    try {
      var rows = ForgetWire.decode(record.message());
      LOG.error(
          "Region {} gives up rows that it has published: {}. Commits of them that are here have"
              + " no counterpart there any more; compare the regions: anabranch verify --across",
          settings.region(),
          rows);
      if (notes != null && rows.region().equals(settings.region())) {
        notes.forgotten(rows.shard(), rows.fromOffset());
      }
    } catch (WireFormatException e) {
      LOG.error("Record {} of region {}: {}", record.source(), settings.region(), e.getMessage());
    }
  }

  private LogNotes notesOf() {
    if (notes == null) {
      throw new IllegalStateException("the own log is not watched");
    }
    return notes;
  }

  private void refuse(CommandRecord record, String code, String message) {
    if (deadLetters != null) {
      deadLetters.inc();
    }
    LOG.error(
        "Record {} of region {} can't be read: {}", record.source(), settings.region(), message);
    output.collect(DEAD_LETTERS, new StreamRecord<>(new DeadLetter(record, code, message)));
  }
}
