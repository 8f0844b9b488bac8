package dev.anabranch.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Everything that happens in one simulation, made from one seed. The numbers of a step mean
 * something only when it runs, so that any subset of the steps is a schedule too.
 */
record Schedule(
    long seed, Topology topology, boolean automatic, boolean filtered, List<Step> steps) {

  /** One thing that happens; the numbers choose among what is there. */
  record Step(Kind kind, int a, int b, int c) {}

  /** What may happen, and how often in relation to the others. */
  enum Kind {
    UPDATE(10),
    RETRY_ELSEWHERE(2),
    RESOLVE(5),
    DELIVER(24),
    DELIVER_BURST(4),
    DELIVER_LATER_FIRST(4),
    DELIVER_AGAIN(3),
    LOSE(2),
    REPUBLISH(1),
    CUT(2),
    HEAL(3),
    CHECKPOINT(3),
    CRASH(2),
    COMPACT(4),
    CLOCK_JUMP(1),
    TIME(3),
    CHECK(1);

    final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  static Schedule of(long seed) {
    var random = new Random(seed);
    var topologies = Topology.values();
    var topology = topologies[random.nextInt(topologies.length)];
    var steps = new ArrayList<Step>();
    var count = 20 + random.nextInt(100);
    for (var i = 0; i < count; i++) {
      steps.add(
          new Step(
              kind(random),
              random.nextInt(1 << 20),
              random.nextInt(1 << 20),
              random.nextInt(1 << 20)));
    }
    return new Schedule(seed, topology, random.nextBoolean(), random.nextInt(3) == 0, steps);
  }

  private static Kind kind(Random random) {
    var total = 0;
    for (var kind : Kind.values()) {
      total += kind.weight;
    }
    var at = random.nextInt(total);
    for (var kind : Kind.values()) {
      at -= kind.weight;
      if (at < 0) {
        return kind;
      }
    }
    throw new AssertionError();
  }

  /** The smallest schedule found that still fails, by leaving out ever smaller runs of steps. */
  Schedule shrunk(Predicate<Schedule> fails) {
    var smallest = this;
    for (var run = steps.size() / 2; run >= 1; run /= 2) {
      var from = 0;
      while (from < smallest.steps.size()) {
        var rest = new ArrayList<>(smallest.steps);
        rest.subList(from, Math.min(from + run, rest.size())).clear();
        var candidate = new Schedule(seed, topology, automatic, filtered, List.copyOf(rest));
        if (fails.test(candidate)) {
          smallest = candidate;
        } else {
          from += run;
        }
      }
    }
    return smallest;
  }
}
