package dev.anabranch.benchmarks.load;

import java.util.SplittableRandom;

/**
 * Draws the aggregates that commands are for.
 *
 * @param aggregates how many there are
 * @param hotShare part of the commands that the first one takes, from 0 to 1; the others are drawn
 *     evenly
 */
public record AggregateDraw(int aggregates, double hotShare) {

  public static AggregateDraw evenly(int aggregates) {
    return new AggregateDraw(aggregates, 0);
  }

  int next(SplittableRandom random) {
    return hotShare > 0 && random.nextDouble() < hotShare ? 0 : random.nextInt(aggregates);
  }
}
