package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.CausalGate;
import dev.anabranch.gate.GateEntriesInMemory;
import dev.anabranch.gate.HoldBack;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/**
 * The index of a gate: nobody may tell that it is there, and it saves the passes over the state.
 */
class AggregateGateTest {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");
  private static final int RECORD_BYTES = 10_000;
  private static final int MANY = 10 * GateIndex.MAX_KEPT;

  private final CountedMap stored = new CountedMap();

  private enum Kind {
    PARK,
    TAKE_WAITING,
    TAKE_ALL_AND_PARK,
    HELD,
    IS_AWAITED,
    ADD_HOLLOW,
    REMOVE_HOLLOW,
    IS_HOLLOW,
    LEAVE_THE_CACHE
  }

  private record Step(Kind kind, int one, int other) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    var kinds =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.just(Kind.PARK)),
            Tuple.of(3, Arbitraries.just(Kind.TAKE_WAITING)),
            Tuple.of(1, Arbitraries.just(Kind.TAKE_ALL_AND_PARK)),
            Tuple.of(3, Arbitraries.just(Kind.HELD)),
            Tuple.of(2, Arbitraries.just(Kind.IS_AWAITED)),
            Tuple.of(6, Arbitraries.just(Kind.ADD_HOLLOW)),
            Tuple.of(2, Arbitraries.just(Kind.REMOVE_HOLLOW)),
            Tuple.of(3, Arbitraries.just(Kind.IS_HOLLOW)),
            Tuple.of(1, Arbitraries.just(Kind.LEAVE_THE_CACHE)));
    var numbers = Arbitraries.integers().between(1, 2 * GateIndex.MAX_KEPT);
    return Combinators.combine(kinds, numbers, numbers).as(Step::new).list().ofMaxSize(120);
  }

  @Property(tries = 300)
  void itKeepsWhatAGateKeeps(@ForAll("steps") List<Step> steps) {
    stored.stored.clear();
    var gate = gate();
    var model = new GateEntriesInMemory();
    for (var step : steps) {
      var dot = new Dot(A, step.one());
      var cause = new Dot(B, step.other());
      switch (step.kind()) {
        case PARK -> {
          gate.park(cause, arrival(dot, step.other()));
          model.park(cause, arrival(dot, step.other()));
        }
        case TAKE_WAITING ->
            assertThat(gate.takeWaitingFor(cause))
                .containsExactlyInAnyOrderElementsOf(model.takeWaitingFor(cause));
        case TAKE_ALL_AND_PARK -> takeAllAndPark(gate, model, cause);
        case HELD -> assertThat(gate.held(dot)).isEqualTo(model.held(dot));
        case IS_AWAITED ->
            assertThat(gate.isAwaited(cause))
                .isEqualTo(!model.parked().getOrDefault(cause, List.of()).isEmpty());
        case ADD_HOLLOW -> {
          gate.addHollow(dot);
          gate.durable(dot, true);
          model.addHollow(dot);
        }
        case REMOVE_HOLLOW -> {
          gate.removeHollow(dot);
          gate.durable(dot, false);
          model.removeHollow(dot);
        }
        case IS_HOLLOW -> assertThat(gate.isHollow(dot)).isEqualTo(model.isHollow(dot));
        case LEAVE_THE_CACHE -> gate = gate();
        default -> throw new AssertionError(step);
      }
      assertThat(gate.holdsAny()).isEqualTo(model.heldCount() > 0);
    }
    for (var n = 1; n <= 2 * GateIndex.MAX_KEPT; n++) {
      var dot = new Dot(A, n);
      assertThat(gate().held(dot)).isEqualTo(model.held(dot));
      assertThat(gate().isHollow(dot)).isEqualTo(model.isHollow(dot));
    }
  }

  private static void takeAllAndPark(AggregateGate gate, GateEntriesInMemory model, Dot cause) {
    var all = new ArrayList<Arrival>();
    model.parked().keySet().forEach(dot -> all.addAll(model.takeWaitingFor(dot)));
    all.sort(null);
    assertThat(gate.takeAllWaiting()).isEqualTo(all);
    assertThat(gate.holdsAny()).isFalse();
    for (var arrival : all) {
      gate.parkAgain(cause, arrival);
      model.park(cause, arrival);
    }
  }

  @Test
  void aCommitForWhichNothingWaitsReadsNothingHoweverMuchIsHeld() {
    hold(2, MANY);
    for (var n = 1; n <= MANY; n++) {
      gate().storeHollow(new Dot(B, n));
    }
    var gate = gate();
    assertThat(gate.holdsAny()).isTrue();
    assertThat(stored.bytesRead).as("without the records").isLessThan(RECORD_BYTES);
    var reads = stored.reads;

    for (var n = 1; n <= 100; n++) {
      assertThat(gate.takeWaitingFor(new Dot(B, MANY + n))).isEmpty();
      assertThat(gate.isAwaited(new Dot(B, MANY + n))).isFalse();
      assertThat(gate.holdsAny()).isTrue();
    }
    assertThat(stored.passes).isEqualTo(1);
    assertThat(stored.reads).isEqualTo(reads);
  }

  /** Each waits for the one before it: once the first has come, all may pass. */
  @Test
  void aLongChainThatIsLetPassCostsAReadForEachAndNoPass() {
    hold(2, MANY);
    var gate = gate();
    var first = new Arrival(new Dot(A, 1), 1, VectorTime.ZERO, false);

    var ready = new HoldBack(new CausalGate(B), VectorTime.ZERO, gate).offer(first).ready();

    assertThat(ready).hasSize(MANY);
    assertThat(ready.get(MANY - 1).dot()).isEqualTo(new Dot(A, MANY));
    assertThat(stored.passes).isEqualTo(1);
    assertThat(stored.reads).isLessThanOrEqualTo(MANY);
    assertThat(gate.holdsAny()).isFalse();
    assertThat(stored.stored.keySet()).noneMatch(name -> name.startsWith("wait/"));
  }

  @Test
  void theRecordsThatAreHeldAreCountedWithoutTheOtherEntries() {
    hold(2, MANY);
    gate().storeHollow(new Dot(B, 1));
    assertThat(gate().heldBytes()).isEqualTo((long) (MANY - 1) * RECORD_BYTES);
  }

  private void hold(int from, int to) {
    var gate = gate();
    for (var n = from; n <= to; n++) {
      gate.park(new Dot(A, n - 1), arrival(new Dot(A, n), n));
      gate.keep(new Dot(A, n), new byte[RECORD_BYTES]);
    }
    stored.passes = 0;
    stored.reads = 0;
    stored.bytesRead = 0;
  }

  private static Arrival arrival(Dot dot, int hlc) {
    var context = dot.n() == 1 ? Map.<RegionId, Long>of() : Map.of(dot.origin(), dot.n() - 1);
    return new Arrival(dot, hlc, VectorTime.of(context), false);
  }

  private AggregateGate gate() {
    return new AggregateGate("Auto/1", CommandStateOf.maps(Map.of("gateEntries", stored)));
  }
}
