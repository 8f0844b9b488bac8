package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.measure.Measurement;
import java.time.Duration;
import java.util.List;

/** A cell whose jobs make checkpoints at an interval of its own. */
public final class CheckpointedCell implements Cell {

  private final Cell cell;
  private final LoadOptions options;
  private final Duration interval;

  private CheckpointedCell(Cell cell, LoadOptions options, Duration interval) {
    this.cell = cell;
    this.options = options;
    this.interval = interval;
  }

  /** The cell, or one for each interval if several are asked for. */
  public static List<Cell> each(Cell cell, LoadOptions options) {
    if (options.checkpoints.size() == 1) {
      return List.of(cell);
    }
    return options.checkpoints.stream()
        .map(interval -> (Cell) new CheckpointedCell(cell, options, interval))
        .toList();
  }

  @Override
  public String name() {
    return cell.name() + " " + interval;
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    options.useCheckpoints(interval);
    return cell.run(warmUp, window);
  }
}
