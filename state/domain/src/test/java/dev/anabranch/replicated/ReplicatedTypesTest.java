package dev.anabranch.replicated;

import static dev.anabranch.replicated.Ops.inEveryOrder;
import static dev.anabranch.replicated.Ops.op;
import static dev.anabranch.replicated.Ops.p1;
import static dev.anabranch.replicated.Ops.p2;
import static dev.anabranch.replicated.Ops.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.replicated.Ops.Op;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The cases of the replication semantics, by id; each in every order that respects causality. */
class ReplicatedTypesTest {

  // -- MV register

  private static Op<MvRegister<Integer>> mv(int value, EventContext at) {
    return op(at, (register, context) -> register.set(value, context));
  }

  @Test
  void mv1ConcurrentWritesAreBothKept() {
    assertThat(inEveryOrder(MvRegister.empty(), mv(1, p1(1, 0)), mv(2, p2(0, 1))).values())
        .containsExactly(1, 2);
  }

  @Test
  void mv2EqualConcurrentWritesAreOneValue() {
    var register = inEveryOrder(MvRegister.empty(), mv(1, p1(1, 0)), mv(1, p2(0, 1)));

    assertThat(register.values()).containsExactly(1);
    assertThat(register.isConflicting()).isFalse();
  }

  @Test
  void mv3ALaterWriteReplacesAnEarlierOne() {
    assertThat(inEveryOrder(MvRegister.empty(), mv(1, p1(1, 0)), mv(2, p1(2, 0))).values())
        .containsExactly(2);
  }

  @Test
  void mv4AWriteReplacesOnlyWhatItHasSeen() {
    var register =
        inEveryOrder(MvRegister.empty(), mv(1, p1(1, 0)), mv(2, p2(0, 1)), mv(3, p1(2, 0)));

    assertThat(register.values()).containsExactlyInAnyOrder(2, 3);
    assertThat(register.isConflicting()).isTrue();
  }

  @Test
  void mv6StabilityHidesNothingAndStableValuesCanBeCleared() {
    var stable =
        inEveryOrder(MvRegister.<Integer>empty(), mv(1, p1(1, 0)), mv(2, p2(0, 1)))
            .stable(time(1, 1));

    assertThat(stable.values()).containsExactly(1, 2);
    assertThat(stable.clear(p1(2, 1)).values()).isEmpty();
  }

  // -- LWW register

  private static Op<LwwRegister<Integer>> lww(int value, EventContext at) {
    return op(at, (register, context) -> register.set(value, context));
  }

  @Test
  void lw1CausalityBeatsTheWallClock() {
    var first = HybridLogicalClock.of(1, 0);
    var second = HybridLogicalClock.tick(0, first);
    var at = p1(2, 0);

    var register =
        LwwRegister.<Integer>empty()
            .set(1, EventContext.of(p1(1, 0).dot(), p1(1, 0).context(), first))
            .set(2, EventContext.of(at.dot(), at.context(), second));

    assertThat(register.value()).contains(2);
  }

  @Test
  void lw2TheLaterOfConcurrentWritesWins() {
    assertThat(inEveryOrder(LwwRegister.empty(), lww(1, p1(1, 0, 0)), lww(2, p2(0, 1, 1))).value())
        .contains(2);
    assertThat(inEveryOrder(LwwRegister.empty(), lww(1, p1(1, 0, 1)), lww(2, p2(0, 1, 0))).value())
        .contains(1);
  }

  @Test
  void lw3OfEqualTimesTheGreaterRegionWins() {
    assertThat(inEveryOrder(LwwRegister.empty(), lww(1, p1(1, 0, 0)), lww(2, p2(0, 1, 0))).value())
        .contains(2);
    assertThat(inEveryOrder(LwwRegister.empty(), lww(1, p2(0, 1, 0)), lww(2, p1(1, 0, 0))).value())
        .contains(1);
  }

  @Test
  void lw4ClearingRemovesOnlyWhatItHasSeen() {
    Op<LwwRegister<Integer>> clear = op(p2(0, 2), LwwRegister::clear);

    assertThat(inEveryOrder(LwwRegister.empty(), lww(1, p1(1, 0)), lww(2, p2(0, 1)), clear).value())
        .contains(1);
  }

  @Test
  void aStableLastWriterKeepsItsTimeAndOrigin() {
    var register =
        inEveryOrder(LwwRegister.<Integer>empty(), lww(1, p1(1, 0, 5)), lww(2, p2(0, 1, 5)));

    assertThat(register.writes()).hasSize(2);
    assertThat(register.stable(time(1, 1)).writes())
        .containsExactly(new Written<>(p2(0, 1).id(), HybridLogicalClock.of(5, 0), 2));
    assertThat(register.stable(time(1, 0))).isEqualTo(register);
  }

  // -- OR-set

  private static Op<OrSet<Integer>> add(int element, EventContext at) {
    return op(at, (set, context) -> set.add(element, context));
  }

  private static Op<OrSet<Integer>> remove(int element, EventContext at) {
    return op(at, (set, context) -> set.remove(element, context));
  }

  private static Op<OrSet<Integer>> clear(EventContext at) {
    return op(at, OrSet::clear);
  }

  @Test
  void or1ARemovalThatSawTheFirstOfTwoAddsLeavesTheSecond() {
    assertThat(
            inEveryOrder(OrSet.empty(), add(1, p1(1, 0)), add(1, p1(2, 0)), remove(1, p2(1, 1)))
                .elements())
        .containsExactly(1);
  }

  @Test
  void or2ARemovalRemovesAllAddsThatItSaw() {
    assertThat(
            inEveryOrder(OrSet.empty(), add(1, p1(1, 0)), add(1, p1(2, 0)), remove(1, p2(2, 1)))
                .elements())
        .isEmpty();
  }

  @Test
  void or3AConcurrentAddOutlivesARemoval() {
    assertThat(
            inEveryOrder(OrSet.empty(), add(1, p1(1, 0)), remove(1, p1(2, 0)), add(1, p2(0, 1)))
                .elements())
        .containsExactly(1);
  }

  @Test
  void or4OfAnAbsentElementThereIsNothingToRemove() {
    var set = OrSet.<Integer>empty().add(2, p1(1, 0));

    assertThat(set.contains(1)).isFalse();
    assertThat(set.remove(1, p1(2, 0))).isSameAs(set);
  }

  @Test
  void aw1AConcurrentAddOfTheSameElementWins() {
    assertThat(
            inEveryOrder(OrSet.empty(), add(1, p1(1, 0)), add(1, p2(0, 1)), remove(1, p1(2, 0)))
                .elements())
        .containsExactly(1);
  }

  @Test
  void aw2ClearingRemovesWhatItHasSeen() {
    assertThat(
            inEveryOrder(
                    OrSet.empty(),
                    add(1, p1(1, 0)),
                    add(2, p1(2, 0)),
                    add(3, p2(0, 1)),
                    clear(p2(2, 2)))
                .elements())
        .isEmpty();
    assertThat(
            inEveryOrder(
                    OrSet.empty(),
                    add(1, p1(1, 0)),
                    add(2, p1(2, 0)),
                    add(3, p2(0, 1)),
                    clear(p1(3, 0)))
                .elements())
        .containsExactly(3);
  }

  @Test
  void aw4AStableElementCanBeClearedAndAConcurrentOneStays() {
    var stable =
        inEveryOrder(OrSet.<Integer>empty(), add(1, p1(1, 0)), add(2, p2(0, 1))).stable(time(1, 0));

    assertThat(stable.entries().get(0).events()).isEmpty();
    assertThat(stable.clear(p1(2, 0)).elements()).containsExactly(2);
  }

  @Test
  void ac4AllConcurrentAddsAreThere() {
    var set = OrSet.<String>empty();
    for (var i = 1; i <= 13; i++) {
      set = set.add("a" + i, p1(i, 0));
      set = set.add("b" + i, p2(0, i));
    }
    set = set.remove("b1", p2(0, 14)).add("b1", p2(0, 15));

    assertThat(set.size()).isEqualTo(26);
  }

  @Test
  void anElementThatIsAddedAgainAndAgainTakesOneIdPerRegion() {
    var set = OrSet.<String>empty();
    for (var i = 1; i <= 5; i++) {
      set = set.add("a", p1(i, 0)).add("a", p2(0, i));
    }

    assertThat(set.entries())
        .containsExactly(new Tagged<>("a", List.of(p1(5, 0).id(), p2(0, 5).id())));
  }

  // -- OR-cart

  private static Op<OrCart<String>> put(String element, int quantity, EventContext at) {
    return op(at, (cart, context) -> cart.add(element, quantity, context));
  }

  @Test
  void ct1ARemovalTakesBackTheQuantitiesThatItSaw() {
    Op<OrCart<String>> remove = op(p2(3, 1), (cart, at) -> cart.remove("a", at).remove("b", at));

    var cart =
        inEveryOrder(
            OrCart.empty(),
            put("a", 2, p1(1, 0)),
            put("b", 3, p1(2, 0)),
            put("a", 1, p1(3, 0)),
            put("b", 1, p1(4, 0)),
            remove);

    assertThat(cart.quantities()).isEqualTo(Map.of("b", 1L));
  }

  @Test
  void ct2ARemovalThatSawNothingTakesNothing() {
    Op<OrCart<String>> remove = op(p2(0, 1), (cart, at) -> cart.remove("a", at));

    assertThat(inEveryOrder(OrCart.empty(), put("a", 2, p1(1, 0)), remove).quantities())
        .isEqualTo(Map.of("a", 2L));
  }

  @Test
  void ct4ClearingLeavesAConcurrentQuantity() {
    Op<OrCart<String>> clear = op(p2(1, 2), OrCart::clear);

    var cart =
        inEveryOrder(
            OrCart.empty(),
            put("a", 1, p1(1, 0)),
            put("b", 2, p2(0, 1)),
            put("a", 1, p1(2, 0)),
            clear);

    assertThat(cart.quantities()).isEqualTo(Map.of("a", 1L));
  }

  @Test
  void ct5AQuantityThatIsNotPositiveIsRefused() {
    for (var quantity : new long[] {0, -1}) {
      assertThatThrownBy(() -> OrCart.<String>empty().add("a", quantity, p1(1, 0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("quantity of 'a' must be positive, is " + quantity);
    }
  }

  @Test
  void ct6AStableQuantityCanBeRemoved() {
    var stable = OrCart.<String>empty().add("a", 1, p1(1, 0)).stable(time(1, 0));

    assertThat(stable.lines().get(0).amounts().unstable()).isEmpty();
    assertThat(stable.quantities()).isEqualTo(Map.of("a", 1L));
    assertThat(stable.remove("a", p1(2, 0)).isEmpty()).isTrue();
  }

  @Test
  void twoAdditionsOfOneEventAddUp() {
    var at = p1(1, 0);

    assertThat(OrCart.<String>empty().add("a", 1, at).add("a", 2, at).quantity("a")).isEqualTo(3);
  }

  @Test
  void twoEventsOfOneCommitAddUp() {
    var at = p1(1, 0);

    var cart = OrCart.<String>empty().add("a", 1, at.event(0, 0)).add("a", 2, at.event(1, 0));

    assertThat(cart.quantity("a")).isEqualTo(3);
    assertThat(cart.lines().get(0).amounts().unstable()).hasSize(2);
  }

  // -- Counters

  private static Op<PnCounter> count(int amount, EventContext at) {
    return op(at, (counter, context) -> counter.add(amount, context));
  }

  @Test
  void cn1CountersAddUp() {
    assertThat(inEveryOrder(PnCounter.ZERO, count(2, p1(1, 0)), count(-4, p2(1, 1))).value())
        .isEqualTo(-2);
    assertThat(inEveryOrder(PnCounter.ZERO, count(6, p1(1, 0)), count(3, p2(0, 1))).value())
        .isEqualTo(9);
  }

  @Test
  void ac1CountersOfTwoRegionsAddUp() {
    var counter = PnCounter.ZERO.add(1, p1(1, 0)).add(1, p1(2, 0));
    for (var i = 1; i <= 5; i++) {
      counter = counter.add(1, p1(2L * i + 1, 0)).subtract(1, p1(2L * i + 2, 0));
      counter = counter.add(2, p2(2, i));
    }

    assertThat(counter.value()).isEqualTo(12);
  }

  @Test
  void ac9CountersInAMapAddUp() {
    var map = OrMap.<String, PnCounter>of(PnCounter.ZERO);
    var a = new String[] {"x", "y", "x", "x", "y"};
    var amountsOfA = new long[] {10, 10, 10, -10, 10};
    var b = new String[] {"y", "x", "y"};
    var amountsOfB = new long[] {10, 10, -10};
    for (var i = 0; i < a.length; i++) {
      var at = p1(i + 1, 0);
      var amount = amountsOfA[i];
      map = map.update(a[i], at, counter -> counter.add(amount, at));
    }
    for (var i = 0; i < b.length; i++) {
      var at = p2(0, i + 1);
      var amount = amountsOfB[i];
      map = map.update(b[i], at, counter -> counter.add(amount, at));
    }

    assertThat(map.get("x").value()).isEqualTo(20);
    assertThat(map.get("y").value()).isEqualTo(20);
  }

  @Test
  void aGrowOnlyCounterOnlyGrows() {
    assertThat(GrowCounter.ZERO.add(2, p1(1, 0)).add(3, p2(0, 1)).value()).isEqualTo(5);
    for (var amount : new long[] {0, -1}) {
      assertThatThrownBy(() -> GrowCounter.ZERO.add(amount, p1(1, 0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("can't count " + amount);
    }
  }

  @Test
  void aSumThatExceedsALongIsExactAndNeverWrong() {
    var counter =
        inEveryOrder(
            PnCounter.ZERO,
            op(p1(1, 0), (PnCounter c, EventContext at) -> c.add(Long.MAX_VALUE, at)),
            op(p2(0, 1), (c, at) -> c.add(Long.MAX_VALUE, at)));

    assertThatThrownBy(counter::value).isInstanceOf(ArithmeticException.class);
    assertThat(counter.exactValue())
        .isEqualTo(BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.TWO));
    assertThat(counter.subtract(Long.MAX_VALUE, p1(2, 1)).value()).isEqualTo(Long.MAX_VALUE);
  }

  // -- LWW times: ours is the hybrid logical clock, and of equal times the greater region wins

  @Test
  void ac2TheLaterWriteWinsAndOfEqualTimesTheGreaterRegion() {
    assertThat(inEveryOrder(LwwRegister.empty(), lww(1, p1(1, 0, 1)), lww(2, p2(0, 1, 2))).value())
        .contains(2);
    assertThat(inEveryOrder(LwwRegister.empty(), lww(1, p1(1, 0, 1)), lww(2, p2(0, 1, 1))).value())
        .contains(2);
  }

  @Test
  void ac3AWriteIsLaterThanTheOneThatItSawWhateverTheWallClockSays() {
    var before = HybridLogicalClock.of(5, 0);

    assertThat(HybridLogicalClock.tick(3, before)).isEqualTo(HybridLogicalClock.of(5, 1));
    assertThat(HybridLogicalClock.tick(9, before)).isEqualTo(HybridLogicalClock.of(9, 0));
  }

  record Bid(long offer, long time, String region) {}

  private static Bid highest(OrSet<Bid> bids) {
    return bids.elements().stream()
        .min(
            Comparator.comparingLong(Bid::offer)
                .reversed()
                .thenComparingLong(Bid::time)
                .thenComparing(Bid::region))
        .orElseThrow();
  }

  private static Op<OrSet<Bid>> bid(Bid bid, EventContext at) {
    return op(at, (bids, context) -> bids.add(bid, context));
  }

  @Test
  void ac10AnAuctionEndsAlikeEverywhere() {
    var bids =
        inEveryOrder(
            OrSet.empty(),
            bid(new Bid(100, 1, "p1"), p1(1, 0)),
            bid(new Bid(99, 2, "p2"), p2(0, 1)),
            bid(new Bid(202, 3, "p1"), p1(2, 0)));
    assertThat(highest(bids).offer()).isEqualTo(202);

    var equalOffers =
        inEveryOrder(
            OrSet.empty(),
            bid(new Bid(202, 4, "p2"), p2(0, 1)),
            bid(new Bid(202, 3, "p2"), p2(0, 2)),
            bid(new Bid(202, 3, "p1"), p1(1, 0)));
    assertThat(highest(equalOffers)).isEqualTo(new Bid(202, 3, "p1"));
  }

  // -- 2P-set

  @Test
  void tpsWhatWasRemovedNeverComesBack() {
    Op<TwoPhaseSet<Integer>> add = op(p1(1, 0), (set, at) -> set.add(1, at));
    Op<TwoPhaseSet<Integer>> remove = op(p2(0, 1), (set, at) -> set.remove(1, at));
    Op<TwoPhaseSet<Integer>> addAgain = op(p1(2, 1), (set, at) -> set.add(1, at));

    var set = inEveryOrder(TwoPhaseSet.empty(), add, remove, addAgain);

    assertThat(set.elements()).isEmpty();
    assertThat(set.isRemoved(1)).isTrue();
    assertThat(set.stable(time(2, 1)).add(1, p1(3, 1)).contains(1)).isFalse();
    assertThat(set.stable(time(2, 1)).added()).isEmpty();
  }

  // -- OR-map

  @Test
  void aChangeOutlivesAConcurrentRemovalOfItsKeyWithoutTheOldValue() {
    Op<OrMap<String, PnCounter>> first =
        op(p1(1, 0), (map, at) -> map.update("k", at, c -> c.add(5, at)));
    Op<OrMap<String, PnCounter>> change =
        op(p1(2, 0), (map, at) -> map.update("k", at, c -> c.add(3, at)));
    Op<OrMap<String, PnCounter>> remove = op(p2(1, 1), (map, at) -> map.remove("k", at));

    var map = inEveryOrder(OrMap.of(PnCounter.ZERO), first, change, remove);

    assertThat(map.get("k").value()).isEqualTo(3);
  }

  @Test
  void aKeyThatComesBackStartsAnew() {
    var at1 = p1(1, 0);
    var at3 = p1(3, 0);
    var map =
        OrMap.<String, PnCounter>of(PnCounter.ZERO)
            .update("k", at1, c -> c.add(5, at1))
            .remove("k", p1(2, 0));

    assertThat(map.contains("k")).isFalse();
    assertThat(map.get("k").value()).isZero();
    assertThat(map.update("k", at3, c -> c.add(1, at3)).get("k").value()).isEqualTo(1);
  }

  @Test
  void aMapStartsFromEmptyValuesOnly() {
    assertThatThrownBy(() -> OrMap.of(PnCounter.ZERO.add(1, p1(1, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pass an empty value");
  }
}
