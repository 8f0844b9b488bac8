package dev.anabranch.gate;

import dev.anabranch.causality.VectorTime;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The gate of one aggregate with what it holds: takes commits in any order, returns those to apply,
 * in causal order.
 *
 * <p><b>Order.</b> Of several that became ready, the one first in (hlc, dot) order comes first: a
 * pure function of what was applied and of what is held.
 *
 * <p><b>Cost.</b> A commit that comes in order costs one look into the index. A held one is looked
 * at once for each dot that it has to wait for.
 */
public final class HoldBack {

  private final CausalGate gate;
  private final GateEntries entries;
  private VectorTime applied;

  public HoldBack(CausalGate gate, VectorTime applied, GateEntries entries) {
    this.gate = gate;
    this.applied = applied;
    this.entries = entries;
  }

  /** Per origin, the number of the last commit applied; all before it are applied too. */
  public VectorTime applied() {
    return applied;
  }

  /**
   * What came of a commit.
   *
   * @param verdict on the commit itself
   * @param ready what to apply, in this order: the commit, if it was released or fills a hollow
   *     dot, and all that waited for it
   */
  public record Outcome(GateVerdict verdict, List<Arrival> ready) {
    public Outcome {
      ready = List.copyOf(ready);
    }
  }

  /** Takes a commit; {@link #applied} afterwards counts all of {@link Outcome#ready}. */
  public Outcome offer(Arrival arrival) {
    var verdict = gate.verdict(applied, entries::isHollow, arrival);
    if (verdict instanceof GateVerdict.Hold hold) {
      park(hold, arrival);
      return new Outcome(verdict, List.of());
    }
    if (verdict instanceof GateVerdict.Duplicate) {
      return new Outcome(verdict, List.of());
    }
    if (verdict instanceof GateVerdict.Fill) {
      entries.removeHollow(arrival.dot());
      return new Outcome(verdict, List.of(arrival));
    }
    return new Outcome(verdict, release(arrival));
  }

  /** A payload takes the place of its tombstone, never the other way round. */
  private void park(GateVerdict.Hold hold, Arrival arrival) {
    var before = entries.held(arrival.dot());
    if (before == null || (before.tombstone() && !arrival.tombstone())) {
      entries.park(hold.waitsFor(), arrival);
    }
  }

  private List<Arrival> release(Arrival first) {
    var released = new ArrayList<Arrival>();
    var ready = new PriorityQueue<Arrival>();
    ready.add(first);
    while (!ready.isEmpty()) {
      var next = ready.remove();
      apply(next);
      released.add(next);
      for (var waiting : entries.takeWaitingFor(next.dot())) {
        var verdict = gate.verdict(applied, entries::isHollow, waiting);
        if (verdict instanceof GateVerdict.Hold hold) {
          entries.park(hold.waitsFor(), waiting);
        } else if (verdict instanceof GateVerdict.Release) {
          ready.add(waiting);
        }
      }
    }
    return released;
  }

  private void apply(Arrival arrival) {
    var dot = arrival.dot();
    applied = applied.with(dot.origin(), dot.n());
    if (arrival.tombstone()) {
      entries.addHollow(dot);
    }
  }
}
