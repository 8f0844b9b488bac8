package dev.anabranch.benchmarks.report;

import dev.anabranch.benchmarks.cell.CellResult;
import dev.anabranch.benchmarks.measure.Measurement;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run as tables of Markdown: ratios first, since absolute figures hold for one machine only. */
public final class Report {

  private final RunResult run;
  private final StringBuilder text = new StringBuilder();

  private Report(RunResult run) {
    this.run = run;
  }

  public static String of(RunResult run) {
    return new Report(run).write();
  }

  private String write() {
    var base = cell(run.base());
    line(
        "| cell | per second | ÷ "
            + run.base()
            + " | CPU us each | ÷ "
            + run.base()
            + " | rows per insert | p50 ms | p99 ms | strangers' CPUs |");
    line("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (var cell : run.cells()) {
      writeCell(cell, base);
    }
    line("");
    line(
        "CPU microseconds per command, medians of "
            + run.cells().get(0).rounds().size()
            + " rounds:");
    line("");
    writeParts("process", Measurement::cpu);
    line("");
    writeParts("threads of the JVM", Measurement::threads);
    return text.toString();
  }

  private void writeCell(CellResult cell, @Nullable CellResult base) {
    var ratio = base == null ? Double.NaN : cell.medianRatio(base, Measurement::perSecond);
    var cpuRatio = base == null ? Double.NaN : cell.medianRatio(base, Measurement::cpuMicros);
    line(
        "| %s | %,.0f | %.2f | %.1f | %.2f | %s | %s | %s | %.2f |",
        cell.cell(),
        cell.median(Measurement::perSecond),
        ratio,
        cell.median(Measurement::cpuMicros),
        cpuRatio,
        rowsPerInsert(cell),
        latency(cell, "p50"),
        latency(cell, "p99"),
        cell.median(Measurement::strangers));
  }

  private static String rowsPerInsert(CellResult cell) {
    if (cell.rounds().stream().anyMatch(round -> !round.facts().containsKey("Com_insert"))) {
      return "-";
    }
    return String.format(
        Locale.ROOT,
        "%.0f",
        cell.median(m -> m.commands() / Math.max(1, m.facts().getOrDefault("Com_insert", 0.0))));
  }

  private static String latency(CellResult cell, String percentile) {
    if (cell.rounds().stream().anyMatch(round -> round.latencyMillis() == null)) {
      return "-";
    }
    return String.format(
        Locale.ROOT,
        "%.1f",
        cell.median(
            round -> {
              var latency = round.latencyMillis();
              return latency == null ? 0 : latency.getOrDefault(percentile, 0.0);
            }));
  }

  private void writeParts(
      String title, Function<Measurement, java.util.Map<String, Double>> parts) {
    var names = new java.util.LinkedHashSet<String>();
    run.cells().forEach(cell -> names.addAll(cell.parts(parts)));
    line(
        "| "
            + title
            + " | "
            + String.join(" | ", run.cells().stream().map(CellResult::cell).toList())
            + " |");
    line("| --- |" + " --- |".repeat(run.cells().size()));
    for (var name : names) {
      var row = new StringBuilder("| " + name);
      for (var cell : run.cells()) {
        row.append(String.format(Locale.ROOT, " | %.1f", cell.median(name, parts)));
      }
      line(row + " |");
    }
  }

  private @Nullable CellResult cell(String name) {
    return run.cells().stream().filter(c -> c.cell().equals(name)).findFirst().orElse(null);
  }

  private void line(String format, Object... values) {
    text.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
        .append('\n');
  }
}
