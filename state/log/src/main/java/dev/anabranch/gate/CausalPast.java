package dev.anabranch.gate;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.ArrayList;
import java.util.List;

/**
 * What has been applied to one aggregate: the causes that its next commit will have.
 *
 * @param applied per origin, the number of the last commit applied; all before it are applied too
 * @param frontier the applied commits that no other applied one had seen, in the order of dots: one
 *     while nothing is concurrent, none before the first commit
 * @param hlc greatest hybrid logical time among the applied commits; 0: none
 * @param dependencies per region, the hybrid logical time up to which the next commit depends on
 *     that region's commits, of any aggregate
 */
public record CausalPast(
    VectorTime applied, List<Dot> frontier, long hlc, VectorTime dependencies) {

  /** The past of an aggregate without commits. */
  public static final CausalPast NONE =
      new CausalPast(VectorTime.ZERO, List.of(), 0, VectorTime.ZERO);

  public CausalPast {
    frontier = List.copyOf(frontier);
  }

  /** How many commits of that region are applied. */
  public long count(RegionId origin) {
    return applied.get(origin);
  }

  /**
   * The dependencies of a commit that this region decides now: it depends on all that is applied.
   */
  public VectorTime dependenciesAt(RegionId region, long time) {
    return dependencies.with(region, time);
  }

  /** The past after a commit that was decided on exactly this one. */
  public CausalPast afterOwn(Dot dot, long time, VectorTime commitDependencies) {
    return new CausalPast(
        applied.with(dot.origin(), dot.n()), List.of(dot), time, commitDependencies);
  }

  /** Whether the commit is applied, or its tombstone. */
  public boolean covers(Dot dot) {
    return dot.n() <= applied.get(dot.origin());
  }

  /**
   * The past after any commit whose causes are applied. One that is applied already, as a tombstone
   * whose payload comes now, moves nothing but the clock.
   *
   * @param context per origin, how many of the aggregate's commits its decider had applied
   */
  public CausalPast after(Dot dot, long time, VectorTime context, VectorTime commitDependencies) {
    var known = covers(dot);
    return new CausalPast(
        known ? applied : applied.with(dot.origin(), dot.n()),
        known ? frontier : frontierAfter(dot, context),
        Math.max(hlc, time),
        dependencies.merge(commitDependencies));
  }

  private List<Dot> frontierAfter(Dot dot, VectorTime context) {
    var after = new ArrayList<Dot>(frontier.size() + 1);
    for (var earlier : frontier) {
      if (context.get(earlier.origin()) < earlier.n()) {
        after.add(earlier);
      }
    }
    after.add(dot);
    after.sort(null);
    return after;
  }
}
