package dev.anabranch.replicated;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A random history of one aggregate in several regions, with its own record of what each decider
 * had seen. Regions write, and at times take over all that another one has.
 */
record History(List<Commit> commits) {

  private static final int MAX_STEPS = 40;

  /**
   * One commit.
   *
   * @param past the commits that its decider had applied, by the regions' own record
   */
  record Commit(Dot dot, VectorTime context, long hlc, List<Operation> events, Set<Dot> past) {

    EventContext at(int index) {
      return EventContext.of(dot, context, hlc).event(index, 0);
    }

    Everything applyTo(Everything state) {
      var result = state;
      for (var i = 0; i < events.size(); i++) {
        result = events.get(i).applyTo(result, at(i));
      }
      return result;
    }
  }

  private static final class Region {
    private final RegionId id;
    private final Set<Dot> applied = new HashSet<>();
    private VectorTime time = VectorTime.ZERO;
    private long hlc;

    Region(int index) {
      this.id = new RegionId("r" + index);
    }

    void takeOver(Region other) {
      applied.addAll(other.applied);
      time = time.merge(other.time);
      hlc = Math.max(hlc, other.hlc);
    }
  }

  static History random(Random random) {
    var regions = new ArrayList<Region>();
    for (var i = 0; i < 2 + random.nextInt(3); i++) {
      regions.add(new Region(i));
    }
    var commits = new ArrayList<Commit>();
    var focus = random.nextInt(Operation.KINDS + 1);
    for (var step = 1 + random.nextInt(MAX_STEPS); step > 0; step--) {
      var region = regions.get(random.nextInt(regions.size()));
      if (random.nextInt(3) == 0) {
        region.takeOver(regions.get(random.nextInt(regions.size())));
      } else {
        commits.add(write(region, random, focus));
      }
    }
    return new History(commits);
  }

  private static Commit write(Region region, Random random, int focus) {
    // Wall clocks are wrong by up to all there is, and often equal.
    region.hlc = HybridLogicalClock.tick(random.nextInt(4), region.hlc);
    var dot = new Dot(region.id, region.time.get(region.id) + 1);
    var events = new ArrayList<Operation>();
    for (var i = random.nextInt(3); i >= 0; i--) {
      events.add(Operation.random(random, focus));
    }
    var commit =
        new Commit(dot, region.time, region.hlc, List.copyOf(events), Set.copyOf(region.applied));
    region.applied.add(dot);
    region.time = region.time.with(region.id, dot.n());
    return commit;
  }

  /** The commits in a random order that respects causality. */
  List<Commit> randomOrder(Random random) {
    var left = new ArrayList<>(commits);
    var order = new ArrayList<Commit>();
    var applied = new HashSet<Dot>();
    while (!left.isEmpty()) {
      var ready = left.stream().filter(commit -> applied.containsAll(commit.past)).toList();
      var next = ready.get(random.nextInt(ready.size()));
      left.remove(next);
      applied.add(next.dot);
      order.add(next);
    }
    return order;
  }

  /** Whether the decider of the later event had seen the earlier one, or both are of one commit. */
  static boolean hasSeen(Commit later, int laterIndex, Commit earlier, int earlierIndex) {
    return later.dot.equals(earlier.dot)
        ? earlierIndex < laterIndex
        : later.past.contains(earlier.dot);
  }
}
