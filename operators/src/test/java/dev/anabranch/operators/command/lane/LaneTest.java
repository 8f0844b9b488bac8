package dev.anabranch.operators.command.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.aggregate.DecisionTime;
import dev.anabranch.operators.command.aggregate.Keeper;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.command.aggregate.PendingOutcome;
import dev.anabranch.operators.command.waiting.Incoming;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a lane cuts its inserts, without a worker: nothing here sends them. */
class LaneTest {

  private static final AggregateKey KEY = new AggregateKey("Tally", "1");
  private static final int MAX_ROWS = 3;
  private static final int ROW_BYTES = row().bytes();

  private final ShardCursors cursors = new ShardCursors(1);
  private final Lane lane = lane(Integer.MAX_VALUE);
  private long commands;

  LaneTest() {
    cursors.add(new ShardCursor(0));
  }

  @Test
  void beforeItsTailIsReadALaneSendsNothing() {
    lane.join(row());
    lane.join(answer());
    assertThat(lane.nextInsert()).isNull();
    assertThat(lane.pollReleased()).isNull();

    lane.becomeReady();
    assertThat(lane.nextInsert()).hasSize(1);
  }

  @Test
  void whatIsDecidedWhileAnInsertIsUnderWayFormsTheNextOne() {
    lane.becomeReady();
    lane.join(row());
    assertThat(offsets(lane.nextInsert())).containsExactly(0L);
    lane.join(row());
    lane.join(row());
    assertThat(lane.nextInsert()).as("one is under way").isNull();

    assertThat(lane.takeInFlight()).hasSize(1);
    assertThat(offsets(lane.nextInsert())).containsExactly(1L, 2L);
    assertThat(lane.takeInFlight()).hasSize(2);
    assertThat(lane.nextInsert()).as("nothing has formed").isNull();
  }

  @Test
  void anInsertTakesAsManyRowsAndBytesAsFit() {
    var small = lane(2 * ROW_BYTES);
    for (var each : List.of(lane, small)) {
      each.becomeReady();
      for (var i = 0; i < 4; i++) {
        each.join(row());
      }
    }

    assertThat(lane.nextInsert()).hasSize(MAX_ROWS);
    assertThat(small.nextInsert()).hasSize(2);
  }

  @Test
  void aRowThatIsLargerThanAnInsertMayBeGoesAlone() {
    var tiny = lane(1);
    tiny.becomeReady();
    tiny.join(row());
    tiny.join(row());

    assertThat(tiny.nextInsert()).hasSize(1);
  }

  @Test
  void anAnswerIsReleasedWhenTheRowsInFrontOfItAreDurable() {
    lane.becomeReady();
    lane.join(row());
    var first = answer();
    lane.join(first);
    var second = answer();
    assertThat(lane.pollReleased()).as("a row is in front of it").isNull();

    assertThat(lane.nextInsert()).hasSize(1);
    lane.join(second);
    assertThat(lane.pollReleased()).as("that row may never be stored").isNull();
    assertThat(lane.takeInFlight()).as("it goes with the row").contains(first);

    assertThat(lane.pollReleased()).isSameAs(second);
    assertThat(lane.pollReleased()).isNull();
  }

  @Test
  void whatWasRefusedGoesAgainInItsOrderAndAtItsOffsets() {
    lane.becomeReady();
    var rows = List.of(row(), row());
    rows.forEach(lane::join);
    assertThat(offsets(lane.nextInsert())).containsExactly(0L, 1L);
    lane.join(row());

    var refused = lane.takeInFlight();
    refused.forEach(each -> cursors.unassign(0));
    lane.formAgain(refused);

    assertThat(offsets(lane.nextInsert())).containsExactly(0L, 1L, 2L);
    assertThat(lane.takeInFlight().subList(0, 2)).isEqualTo(rows);
  }

  @Test
  void aLaneThatIsFullOfDecidedRowsDecidesNoMoreUntilTheyHaveLeft() {
    var limits = new Lane.Limits(MAX_ROWS, Integer.MAX_VALUE, 10, 2L * ROW_BYTES);
    var full = new Lane(null, limits, cursors);
    full.becomeReady();
    var rows = List.of(row(), row());
    rows.forEach(full::join);
    assertThat(full.mayDecide()).isFalse();

    assertThat(full.nextInsert()).hasSize(2);
    full.takeInFlight().forEach(full::left);

    assertThat(full.mayDecide()).isTrue();
  }

  private Lane lane(int maxBytes) {
    return new Lane(null, new Lane.Limits(MAX_ROWS, maxBytes, 10, 1 << 20), cursors);
  }

  private static List<Long> offsets(List<LogRow> rows) {
    var offsets = new ArrayList<Long>();
    rows.forEach(row -> offsets.add(row.offset()));
    return offsets;
  }

  /** A row as any other, of which a lane looks at the size only. */
  private static PendingOutcome row() {
    return FenceRow.of(0, 1, "a", 1, new DecisionTime(1, 1));
  }

  private PendingOutcome answer() {
    var envelope =
        new CommandEnvelope(
            KEY,
            "c" + commands++,
            new EncodedMessage("command", 1, new byte[0]),
            CommandEnvelope.ANY_VERSION,
            Map.of(),
            ReplyTarget.DEFAULT);
    var record =
        new CommandRecord(
            KEY.toString(),
            new MessageRecord(null, null, List.of()),
            new SourcePosition("commands", 0, 0, 0));
    var nobody =
        new LiveAggregate(
            KEY,
            KEY.toString(),
            null,
            null,
            null,
            new Version(0, CausalPast.NONE, List.of(), null),
            CommandWindow.EMPTY,
            Keeper.NOBODY);
    return PendingOutcome.own(
        new Incoming(record, envelope, 0, 1, false),
        nobody,
        new DecisionTime(1, 1),
        new Decided.Unbacked(ReplyStatus.ERROR, ReplyBody.EMPTY, false));
  }
}
