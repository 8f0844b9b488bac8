package dev.anabranch.simulation;

import dev.anabranch.operators.command.CommandOperatorOptions;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.simulation.RegionStep.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a seed draws: how the region is set up, which faults may happen, and what does happen. Few
 * faults at a time, tiny windows and caches: so each run looks at another corner.
 */
record Swarm(
    Map<Action, Integer> weights,
    List<Integer> verbs,
    int firstAggregate,
    int aggregates,
    int databases,
    int commandPartitions,
    int eventPartitions,
    int parallelism,
    int channel,
    int clockSpreadMillis,
    boolean onRocksDb,
    int gapMillis,
    CommandOperatorOptions options) {

  static final String REGION = "a";
  private static final int STEPS = 60;
  private static final int ROCKS_DB_EACH = 50;

  static Swarm of(long seed) {
    var r = new SplittableRandom(seed ^ 0x5eed);
    var shards = oneOf(r, 4, 8, 16);
    var maxRows = oneOf(r, 1, 2, 50);
    var maxPending = Math.max(maxRows, oneOf(r, 1, 3, 100));
    var batching =
        new Batching(
            oneOf(r, 1, 2), maxRows, oneOf(r, 200, 1 << 20), maxPending, oneOf(r, 500, 1 << 24));
    var options =
        new CommandOperatorOptions(
            REGION,
            RegionMap.of(REGION),
            shards,
            batching,
            10_000,
            Math.max(maxPending, oneOf(r, 1, 4, 200)),
            oneOf(r, 100, 1 << 26),
            oneOf(r, 1, 2, 64),
            Duration.ofMillis(oneOf(r, 100, 2_000, 20_000)),
            r.nextBoolean());
    return new Swarm(
        weights(r),
        verbs(r),
        r.nextInt(2),
        oneOf(r, 1, 2, 4, 6),
        oneOf(r, 1, 2, 3),
        oneOf(r, 1, 2, 3),
        oneOf(r, 1, 2),
        oneOf(r, 1, 1, 2),
        oneOf(r, 1, 5, 50),
        oneOf(r, 0, 5_000),
        seed % ROCKS_DB_EACH == 0,
        oneOf(r, 1, 20, 300),
        options);
  }

  private static Map<Action, Integer> weights(SplittableRandom r) {
    var weights = new EnumMap<Action, Integer>(Action.class);
    weights.put(Action.SEND, 30);
    for (var action : Action.values()) {
      if (action != Action.SEND && r.nextInt(3) == 0) {
        weights.put(action, action == Action.FAIL_OVER ? 1 : 1 + r.nextInt(6));
      }
    }
    if (r.nextInt(4) != 0) {
      weights.put(Action.CHECKPOINT, 1 + r.nextInt(6));
    }
    return weights;
  }

  /** All verbs, the first ones more often; or few of them, so that what is rare comes together. */
  private static List<Integer> verbs(SplittableRandom r) {
    var all = SimulatedDomain.VERBS.size();
    var many = r.nextBoolean() ? 40 : 1 + r.nextInt(3);
    var verbs = new ArrayList<Integer>();
    for (var i = 0; i < many; i++) {
      verbs.add(Math.min(r.nextInt(all), r.nextInt(all)));
    }
    return List.copyOf(verbs);
  }

  /** What happens, in the order of time. */
  List<RegionStep> steps(long seed) {
    var r = new SplittableRandom(seed ^ 0x57e9);
    var steps = new ArrayList<RegionStep>();
    var sum = weights.values().stream().mapToInt(Integer::intValue).sum();
    var at = 0L;
    var repeated = 0;
    for (var i = 0; i < STEPS; i++) {
      at += r.nextInt(4) == 0 ? 0 : r.nextInt(2 * gapMillis);
      var drawn = r.nextInt(sum);
      var chosen = Action.SEND;
      for (var weight : weights.entrySet()) {
        drawn -= weight.getValue();
        if (drawn < 0) {
          chosen = weight.getKey();
          break;
        }
      }
      var step = step(at, chosen, i, r);
      if (chosen == Action.REPEAT || chosen == Action.RESEND) {
        // Often the one of last time: repeats of one command meet each other.
        var which = r.nextInt(3) == 0 ? repeated : step.c();
        step = new RegionStep(at, chosen, 0, 0, which);
        repeated = which;
      }
      steps.add(step);
    }
    return steps;
  }

  private RegionStep step(long at, Action action, int number, SplittableRandom r) {
    return switch (action) {
      case SEND -> new RegionStep(at, action, aggregate(r), oneOf(r, verbs), number);
      case REPEAT, RESEND -> new RegionStep(at, action, 0, 0, r.nextInt(number + 1));
      case MALFORMED -> new RegionStep(at, action, aggregate(r), 0, number);
      case CHECKPOINT, CHECKPOINT_FAILS, CRASH -> new RegionStep(at, action, 0, 0, 0);
      case START -> new RegionStep(at, action, r.nextInt(3), 1 + r.nextInt(2), r.nextInt(2));
      case LOSE_BEFORE, LOSE_AFTER, STRAY, SLOW, CRASH_IN_APPEND ->
          new RegionStep(at, action, r.nextInt(databases), 0, 0);
      case ZOMBIE -> new RegionStep(at, action, 0, oneOf(r, 100, 3_000, 20_000), 0);
      case DOWN, READ_ONLY, KAFKA_DOWN ->
          new RegionStep(at, action, r.nextInt(databases), oneOf(r, 50, 1_000, 30_000), 0);
      case FAIL_OVER -> new RegionStep(at, action, r.nextInt(databases), oneOf(r, 0, 1, 5), 0);
    };
  }

  private int aggregate(SplittableRandom r) {
    return firstAggregate + r.nextInt(aggregates);
  }

  private static int oneOf(SplittableRandom r, List<Integer> values) {
    return values.get(r.nextInt(values.size()));
  }

  private static int oneOf(SplittableRandom r, int... values) {
    return values[r.nextInt(values.length)];
  }
}
