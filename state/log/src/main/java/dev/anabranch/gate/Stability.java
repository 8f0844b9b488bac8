package dev.anabranch.gate;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every region is known to have of one aggregate: per region, the greatest vector heard from
 * it, that is the context of its last commit applied here and the commit's own dot. Immutable.
 *
 * <p>A region that is silent holds the stable time back, and nothing else.
 */
public final class Stability {

  /** Nothing was heard from anyone. */
  public static final Stability NONE = new Stability(new TreeMap<>());

  private final SortedMap<RegionId, VectorTime> heard;

  /** Takes over the map. */
  private Stability(SortedMap<RegionId, VectorTime> heard) {
    this.heard = heard;
  }

  /** By region; a region that was never heard from has no entry. */
  public SortedMap<RegionId, VectorTime> heard() {
    return Collections.unmodifiableSortedMap(heard);
  }

  /** Whether nothing was heard from anyone. */
  public boolean isNone() {
    return heard.isEmpty();
  }

  /** This and what the commit tells about its origin; for commits that were applied, in order. */
  public Stability after(Dot dot, VectorTime context) {
    var vector = context.with(dot.origin(), Math.max(dot.n(), context.get(dot.origin())));
    var more = new TreeMap<>(heard);
    more.merge(dot.origin(), vector, VectorTime::merge);
    return new Stability(more);
  }

  /**
   * The commits that every region has: the least entries over all configured regions. Every commit
   * that is not applied here yet was, or will be, decided on all of them.
   *
   * @param local the own region
   * @param applied what the own region's decider has applied: not what others in the region have
   * @param regions all configured regions; commits of others don't count
   */
  public VectorTime stable(RegionId local, VectorTime applied, Iterable<RegionId> regions) {
    var stable = applied;
    for (var region : regions) {
      if (!region.equals(local)) {
        stable = stable.least(heard.getOrDefault(region, VectorTime.ZERO));
      }
    }
    return stable;
  }

  /**
   * Returns what is stable by what was heard alone, of the own region as of the others. The result
   * depends only on which commits were applied: regions that have applied the same ones agree.
   *
   * @param regions all configured regions
   */
  public VectorTime stable(Iterable<RegionId> regions) {
    VectorTime stable = null;
    for (var region : regions) {
      var has = heard.getOrDefault(region, VectorTime.ZERO);
      stable = stable == null ? has : stable.least(has);
    }
    return stable == null ? VectorTime.ZERO : stable;
  }

  /** A stability with these vectors. */
  public static Stability of(Map<RegionId, VectorTime> heard) {
    return new Stability(new TreeMap<>(heard));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Stability stability && heard.equals(stability.heard);
  }

  @Override
  public int hashCode() {
    return heard.hashCode();
  }

  @Override
  public String toString() {
    return heard.toString();
  }
}
