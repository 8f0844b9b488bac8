package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.gate.CausalPast;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PendingOutcomesTest {

  private static final AggregateKey KEY = new AggregateKey("Tally", "1");
  private static final Blobs NOTHING =
      new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
  private static final CommandRecord RECORD =
      new CommandRecord(
          KEY.toString(),
          new MessageRecord(null, null, List.of()),
          new SourcePosition("commands", 0, 0, 0));
  private static final LiveAggregate AGGREGATE =
      new LiveAggregate(
          KEY,
          KEY.toString(),
          null,
          null,
          null,
          new Version(0, CausalPast.NONE, List.of(), null),
          CommandWindow.EMPTY,
          Keeper.NOBODY);

  /** Against a plain list; ids are few, so that rows share them, as another region's may. */
  @Property
  void findsTheFirstWithAnIdAsAListWould(
      @ForAll @Size(max = 80) List<@IntRange(max = 99) Integer> steps) {
    var pending = new PendingOutcomes();
    var model = new ArrayList<PendingOutcome>();
    for (var step : steps) {
      if (step < 70) {
        var command = command("c" + step % 25);
        pending.add(command);
        model.add(command);
      } else if (step < 95 && !model.isEmpty()) {
        pending.removeFirst(model.remove(0));
      } else if (step < 99 && !model.isEmpty()) {
        pending.remove(model.remove(step % model.size()));
      } else {
        assertThat(pending.takeAll()).isEqualTo(model);
        model.clear();
      }
      assertThat(pending.isEmpty()).isEqualTo(model.isEmpty());
      for (var id = 0; id < 25; id++) {
        assertThat(pending.find("c" + id)).isSameAs(firstOf(model, "c" + id));
      }
    }
  }

  @Test
  void refusesToForgetOneOutOfOrder() {
    var pending = new PendingOutcomes();
    pending.add(command("a"));
    var second = command("b");
    pending.add(second);

    assertThatThrownBy(() -> pending.removeFirst(second)).hasMessageContaining("Tally/1");
  }

  private static PendingOutcome firstOf(List<PendingOutcome> model, String id) {
    for (var command : model) {
      if (id.equals(command.outcome().commandId())) {
        return command;
      }
    }
    return null;
  }

  private static PendingOutcome command(String id) {
    var outcome =
        new Outcome(
            RowKind.REJECTED, KEY, Outcome.NO_VERSION, id, "", null, new Stamp(1, 1, 1), NOTHING);
    var row = new Decided.Row(outcome, null, ReplyBody.EMPTY, AGGREGATE.committed(), 10);
    return PendingOutcome.remote(RECORD, AGGREGATE, 0, new DecisionTime(1, 1), row);
  }
}
