package dev.anabranch.benchmarks;

import dev.anabranch.benchmarks.cell.Cell;
import dev.anabranch.benchmarks.cell.CellResult;
import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.measure.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs the cells in turn, round by round, so that a machine whose speed changes disturbs all of
 * them alike.
 */
final class Rounds {

  private final LoadOptions options;
  private final List<? extends Cell> cells;
  private final Map<String, List<Measurement>> measured = new LinkedHashMap<>();

  Rounds(LoadOptions options, List<? extends Cell> cells) {
    this.options = options;
    this.cells = cells;
    cells.forEach(cell -> measured.put(cell.name(), new ArrayList<>()));
  }

  /** What was measured; a window that is not correct ends the run. */
  List<CellResult> run() throws Exception {
    for (var round = 1; round <= options.rounds; round++) {
      for (var cell : cells) {
        var measurement = cell.run(options.warmUp, options.window);
        measured.computeIfAbsent(cell.name(), name -> new ArrayList<>()).add(measurement);
        System.err.printf(
            Locale.ROOT,
            "round %d  %-22s %,9.0f /s  %5.1f us CPU  p99 %s ms  strangers %.2f  stolen %.2f%n",
            round,
            cell.name(),
            measurement.perSecond(),
            measurement.cpuMicros(),
            measurement.latencyMillis() == null
                ? "-"
                : String.format(Locale.ROOT, "%.1f", measurement.latencyMillis().get("p99")),
            measurement.strangers(),
            measurement.stolen());
      }
    }
    var results = new ArrayList<CellResult>();
    measured.forEach((name, rounds) -> results.add(new CellResult(name, rounds)));
    return results;
  }
}
