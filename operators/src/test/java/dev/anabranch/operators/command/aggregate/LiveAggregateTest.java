package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.TallyDomain;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.command.decide.Decisions;
import dev.anabranch.operators.command.waiting.Incoming;
import dev.anabranch.operators.command.waiting.Lookup;
import dev.anabranch.operators.task.RegionMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a decoded aggregate does with what is decided, stored and read, without an operator. */
class LiveAggregateTest {

  private static final AggregateKey KEY = new AggregateKey("Tally", "1");
  private static final int WINDOW = 4;

  private final Decisions decisions = new Decisions("a", RegionMap.of("a"), 1, 1 << 20);
  private final Kept kept = new Kept();
  private final LiveAggregate live = fresh(kept);
  private long clock;
  private long offset;

  @Test
  void theHeadIsAheadOfWhatIsCommittedUntilTheRowIsDurable() {
    var first = admit("c1", "add a");
    var second = admit("c2", "add b");
    assertThat(live.head().state()).isEqualTo(",a,b");
    assertThat(live.committed().state()).isEqualTo("");
    assertThat(live.hasPending()).isTrue();
    assertThat(live.isPinned()).isTrue();

    durable(first);
    assertThat(live.committed().state()).isEqualTo(",a");
    assertThat(live.head().state()).isEqualTo(",a,b");

    durable(second);
    assertThat(live.committed()).isEqualTo(live.head());
    assertThat(live.isPinned()).isFalse();
    assertThat(kept.changed).isTrue();
    assertThat(kept.bytes).isPositive();
  }

  @Test
  void rowsBecomeDurableInTheOrderInWhichTheyWereAdmitted() {
    admit("c1", "add a");
    var second = admit("c2", "add b");

    assertThatThrownBy(() -> durable(second)).hasMessageContaining("Tally/1 out of order");
  }

  @Test
  void whatIsDecidedAgainStartsFromWhatIsDurable() {
    durable(admit("c1", "add a"));
    var repeat = admit("c2", "add repeat");
    var behind = admit("c3", "add b");
    live.withdraw(repeat);

    assertThat(live.takePending()).containsExactly(behind);
    assertThat(live.head().state()).isEqualTo(",a");
    behind.decidedAgain(decisions.decide(live, behind.command(), behind.time));
    live.admit(behind);
    durable(behind);

    assertThat(live.committed().state()).isEqualTo(",a,b");
    assertThat(live.committed().version()).isEqualTo(2);
  }

  @Test
  void anAnswerWithoutRowLeavesTheHeadWhereItIs() {
    var row = admit("c1", "add a");
    var answer = admit("c2", "throw");
    assertThat(answer.hasRow()).isFalse();
    assertThat(live.head().state()).isEqualTo(",a");

    durable(row);
    assertThat(live.pending("c2")).isSameAs(answer);
    live.left(answer);

    assertThat(live.hasPending()).isFalse();
  }

  @Test
  void aRowIsFoundByItsCommandWhileItIsRecent() {
    assertThat(live.offsetOf("c0")).isNegative();
    for (var i = 0; i <= WINDOW; i++) {
      durable(admit("c" + i, "add x"));
    }

    assertThat(live.offsetOf("c" + WINDOW)).isEqualTo(WINDOW);
    assertThat(live.offsetOf("c0")).as("it was forgotten").isNegative();
  }

  @Test
  void whatIsReplayedEndsWhereWhatWasDecidedDid() {
    var other = fresh(Keeper.NOBODY);
    for (var text : List.of("add a", "reject no", "twice b", "nothing", "add c")) {
      var row = durable(admit("c" + offset, text));
      replay(other, row);
      replay(other, row);
    }

    assertThat(other.committed()).isEqualTo(live.committed());
    assertThat(other.head()).isEqualTo(live.head());
    assertThat(other.offsetOf("c3")).isEqualTo(3);
  }

  @Test
  void aRowThatLeavesOneOutIsRefused() {
    durable(admit("c1", "add a"));
    var second = durable(admit("c2", "add b"));
    var other = fresh(Keeper.NOBODY);

    assertThatThrownBy(() -> replay(other, second))
        .hasMessageContaining("the store has version 2 of Tally/1")
        .hasMessageContaining("right after version 0");
  }

  @Test
  void aHistoryWithFewerVersionsThanWereSeenIsRefused() {
    var first = durable(admit("c1", "add a"));
    durable(admit("c2", "add b"));
    var rebuild = new StateRebuild(live, TypeFold.of(type(true)), 1 << 20);
    rebuild.rows(List.of(first));

    assertThatThrownBy(rebuild::finish)
        .hasMessageContaining("the store has 1 versions of Tally/1, this job has seen 2");
    assertThat(live.committed().state()).isEqualTo(",a,b");
  }

  @Test
  void whatCantBeFoldedBreaksItAndIsMadeAnewOnceForAllWhoWait() {
    var row = durable(admit("c1", "add unfoldable"));
    var broken =
        new LiveAggregate(
            KEY,
            KEY.toString(),
            TypeFold.of(type(false)),
            null,
            null,
            none(),
            CommandWindow.EMPTY,
            Keeper.NOBODY);
    replay(broken, row);
    assertThat(broken.brokenReason()).contains("can't be folded by this release", "can't fold");
    assertThat(broken.committed().version()).isEqualTo(1);
    assertThat(broken.committed().state()).isNull();
    assertThat(broken.mayBeMadeAnew()).isTrue();

    var first = new Lookup(incoming("c2", "add b"));
    var second = new Lookup(incoming("c3", "add c"));
    assertThat(broken.awaitRebuild(first)).isTrue();
    assertThat(broken.awaitRebuild(second)).isFalse();
    assertThat(broken.isPinned()).isTrue();
    broken.madeAnew(new Version(1, live.committed().past(), List.of(), ",mended"), null, 0);

    assertThat(broken.endRebuild()).containsExactly(first, second);
    assertThat(broken.brokenReason()).isNull();
    assertThat(broken.head().state()).isEqualTo(",mended");
    assertThat(broken.isPinned()).isFalse();
    assertThat(broken.mayBeMadeAnew()).as("once in each attempt").isFalse();
  }

  private PendingOutcome admit(String commandId, String text) {
    var in = incoming(commandId, text);
    var time = new DecisionTime(++clock, clock);
    var decided = decisions.decide(live, in.command(), time);
    var pending = PendingOutcome.own(in, live, time, decided);
    live.admit(pending);
    return pending;
  }

  private LogRow durable(PendingOutcome command) {
    var row = command.outcome().at(0, offset);
    live.becameDurable(command, row, WINDOW);
    offset++;
    return row;
  }

  private static void replay(LiveAggregate aggregate, LogRow row) {
    aggregate.replay(
        row,
        () -> {
          throw new AssertionError("one region needs no gate");
        },
        WINDOW);
  }

  private static Incoming incoming(String commandId, String text) {
    var envelope =
        new CommandEnvelope(
            KEY,
            commandId,
            new EncodedMessage("command", 1, text.getBytes(StandardCharsets.UTF_8)),
            CommandEnvelope.ANY_VERSION,
            Map.of(),
            ReplyTarget.DEFAULT);
    var record =
        new CommandRecord(
            KEY.toString(),
            new MessageRecord(null, null, List.of()),
            new SourcePosition("commands", 0, 0, 0));
    return new Incoming(record, envelope, 0, 1, false);
  }

  private static LiveAggregate fresh(Keeper keeper) {
    return new LiveAggregate(
        KEY,
        KEY.toString(),
        TypeFold.of(type(true)),
        null,
        null,
        none(),
        CommandWindow.EMPTY,
        keeper);
  }

  private static Version none() {
    return new Version(0, CausalPast.NONE, List.of(), "");
  }

  @SuppressWarnings("unchecked") // as the cache does it
  private static AggregateType<Object, Object, Object> type(boolean foldMended) {
    var types = AggregateTypes.of(new TallyDomain(foldMended));
    return (AggregateType<Object, Object, Object>) types.find("Tally").orElseThrow();
  }

  private static final class Kept implements Keeper {
    private boolean changed;
    private long bytes;

    @Override
    public void changed() {
      changed = true;
    }

    @Override
    public void grew(long moreBytes) {
      bytes += moreBytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }
  }
}
