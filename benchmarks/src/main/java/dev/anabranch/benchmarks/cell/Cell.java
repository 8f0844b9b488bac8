package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.measure.Measurement;
import java.time.Duration;

/** One thing to measure; a run goes through its cells in turn, round by round. */
public interface Cell {

  String name();

  /**
   * Sets up from nothing, warms up, measures, checks that what was stored is right, and tears down.
   *
   * @throws IncorrectException if the figure must not count
   */
  Measurement run(Duration warmUp, Duration window) throws Exception;
}
