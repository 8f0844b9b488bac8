package dev.anabranch.replicated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.replicated.History.Commit;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * What must hold of every random history, in whatever order that respects causality its commits
 * arrive. A failure names the seed of its history.
 */
class ConvergenceTest {

  private static final int ORDERS = 6;

  @Property(tries = 400)
  void everyOrderGivesTheSameBytes(@ForAll long seed) {
    var random = new Random(seed);
    var history = History.random(random);
    var expected = fold(history.commits());

    for (var i = 0; i < ORDERS; i++) {
      assertThat(fold(history.randomOrder(random)).json()).isEqualTo(expected.json());
    }
  }

  @Property(tries = 200)
  void storingAndReadingTheStateBetweenCommitsChangesNothing(@ForAll long seed) {
    var random = new Random(seed);
    var history = History.random(random);
    var expected = fold(history.commits());

    var state = Everything.NOTHING;
    for (var commit : history.randomOrder(random)) {
      state = commit.applyTo(state);
      var read = Everything.ofJson(state.json());
      assertThat(read).isEqualTo(state);
      state = read;
    }
    assertThat(state.json()).isEqualTo(expected.json());
  }

  @Property(tries = 400)
  void stabilityChangesNoAnswerNowOrLater(@ForAll long seed) {
    var random = new Random(seed);
    var history = History.random(random);

    for (var i = 0; i < ORDERS; i++) {
      var order = history.randomOrder(random);
      var plain = Everything.NOTHING;
      var collected = Everything.NOTHING;
      var last = VectorTime.ZERO;
      for (var at = 0; at < order.size(); at++) {
        plain = order.get(at).applyTo(plain);
        collected = order.get(at).applyTo(collected);
        if (random.nextInt(3) == 0) {
          last = stableAfter(order, at + 1, random);
          collected = ReplicatedStates.stable(collected, last);
        }
        assertThat(collected.answers()).isEqualTo(plain.answers());
      }
      var all = stableAfter(order, order.size(), random).merge(last);
      assertThat(ReplicatedStates.stable(collected, all).json())
          .isEqualTo(ReplicatedStates.stable(plain, all).json());
    }
  }

  @Property(tries = 200)
  void whatIsAllStableCarriesNoEventIdsButThoseOfRegisters(@ForAll long seed) {
    var history = History.random(new Random(seed));
    var state = fold(history.commits());
    var all = stableAfter(history.commits(), history.commits().size(), new Random(0));
    var stable = ReplicatedStates.stable(state, all);

    assertThat(stable.set().entries()).allMatch(entry -> entry.events().isEmpty());
    assertThat(stable.cart().lines()).allMatch(line -> line.amounts().unstable().isEmpty());
    assertThat(stable.last().writes()).hasSizeLessThanOrEqualTo(1);
    assertThat(stable.permits().added()).allMatch(entry -> entry.events().isEmpty());
    assertThat(stable.maps().nested().entries()).allMatch(entry -> entry.events().isEmpty());
    assertThat(ReplicatedStates.stable(stable, all)).isSameAs(stable);
  }

  private static Everything fold(List<Commit> order) {
    var state = Everything.NOTHING;
    for (var commit : order) {
      state = commit.applyTo(state);
    }
    return state;
  }

  /**
   * What may be stable after the first commits of an order: what all later ones have seen, and what
   * some commit had seen, so that it is less at times.
   */
  private static VectorTime stableAfter(List<Commit> order, int count, Random random) {
    var stable = VectorTime.ZERO;
    for (var commit : order.subList(0, count)) {
      stable = stable.with(commit.dot().origin(), commit.dot().n());
    }
    for (var commit : order.subList(count, order.size())) {
      stable = minimum(stable, commit.context());
    }
    if (count > 0 && count < order.size() && random.nextBoolean()) {
      stable = minimum(stable, order.get(random.nextInt(count)).context());
    }
    return stable;
  }

  private static VectorTime minimum(VectorTime a, VectorTime b) {
    var minimum = a;
    for (var region : a.entries().keySet()) {
      minimum = minimum.with(region, Math.min(a.get(region), b.get(region)));
    }
    return minimum;
  }
}
