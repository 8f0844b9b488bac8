package dev.anabranch.gate;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.function.Predicate;

/**
 * Lets the commits of one aggregate pass in causal order, each once. Exact, without clocks, over
 * any topology. The rules, pure; {@link HoldBack} runs them with what is held.
 *
 * <p>A commit is known by its dot. That the own vector covers a commit's context does not make it a
 * duplicate, and that its number is high does not make it new.
 */
public final class CausalGate {

  private final RegionId local;

  /**
   * @param local the region that applies
   */
  public CausalGate(RegionId local) {
    this.local = local;
  }

  /**
   * What to do with a commit.
   *
   * @param applied per origin, the number of the last commit applied; all before it are applied too
   * @param hollow tells of a dot within {@code applied} whether only its tombstone was applied
   */
  public GateVerdict verdict(VectorTime applied, Predicate<Dot> hollow, Arrival arrival) {
    var dot = arrival.dot();
    var own = dot.origin().equals(local);
    if (applied.covers(dot)) {
      return !arrival.tombstone() && hollow.test(dot)
          ? new GateVerdict.Fill()
          : new GateVerdict.Duplicate(own);
    }
    if (dot.n() > applied.get(dot.origin()) + 1) {
      return new GateVerdict.Hold(new Dot(dot.origin(), dot.n() - 1), own);
    }
    var context = arrival.context();
    for (var i = 0; i < context.size(); i++) {
      var region = context.regionAt(i);
      if (!region.equals(dot.origin()) && context.valueAt(i) > applied.get(region)) {
        return new GateVerdict.Hold(new Dot(region, context.valueAt(i)), own);
      }
    }
    return new GateVerdict.Release(own);
  }
}
