package dev.anabranch.benchmarks.report;

import dev.anabranch.benchmarks.cell.CellResult;
import dev.anabranch.benchmarks.measure.CpuWindow;
import dev.anabranch.benchmarks.measure.Measurement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A run as a picture: one bar per cell, its length the CPU microseconds of a command, divided into
 * the processes and groups of threads that used them. SVG, readable on light and on dark pages.
 */
final class CostChart {

  private static final int WIDTH = 860;
  private static final int LEFT = 170;
  private static final int RIGHT = 190;
  private static final int BAR = 26;
  private static final int STEP = 40;
  private static final int TOP = 34;
  private static final int LEGEND_LINE = 20;
  private static final int LEGEND_COLUMNS = 3;

  /** Distinct also in shades of grey; from Okabe and Ito's palette for all kinds of sight. */
  private static final String[] COLOURS = {
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999",
    "#7b5ea7", "#8c6d31", "#4d4d4d"
  };

  private final RunResult run;
  private final StringBuilder svg = new StringBuilder();
  private final Map<String, String> colours = new LinkedHashMap<>();

  private CostChart(RunResult run) {
    this.run = run;
  }

  static String of(RunResult run) {
    return new CostChart(run).draw();
  }

  private String draw() {
    var parts = new LinkedHashMap<String, Map<String, Double>>();
    for (var cell : run.cells()) {
      parts.put(cell.cell(), partsOf(cell));
    }
    var most =
        run.cells().stream().mapToDouble(c -> c.median(Measurement::cpuMicros)).max().orElse(1);
    var scale = (WIDTH - LEFT - RIGHT) / most;
    var legendLines = (colours.size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
    var height = TOP + run.cells().size() * STEP + 14 + legendLines * LEGEND_LINE;
    line(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='13' fill='#808080'>",
        WIDTH, height);
    line("<text x='%d' y='18'>CPU microseconds per command, and commands per second</text>", LEFT);
    var y = TOP;
    for (var cell : run.cells()) {
      bar(cell, parts.getOrDefault(cell.cell(), Map.of()), y, scale);
      y += STEP;
    }
    legend(y + 14);
    line("</svg>");
    return svg.toString();
  }

  /** Other processes whole, this JVM by groups of threads. */
  private Map<String, Double> partsOf(CellResult cell) {
    var parts = new LinkedHashMap<String, Double>();
    for (var process : cell.parts(Measurement::cpu)) {
      if (!process.equals(CpuWindow.JVM)) {
        parts.put(process, cell.median(process, Measurement::cpu));
      }
    }
    for (var group : cell.parts(Measurement::threads)) {
      parts.put(group, cell.median(group, Measurement::threads));
    }
    parts.keySet().forEach(this::colourOf);
    return parts;
  }

  private void bar(CellResult cell, Map<String, Double> parts, int y, double scale) {
    line(
        "<text x='%d' y='%d' text-anchor='end'>%s</text>",
        LEFT - 10, y + BAR - 8, escaped(cell.cell()));
    var x = (double) LEFT;
    for (var part : parts.entrySet()) {
      var width = part.getValue() * scale;
      line(
          "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'><title>%s %.1f us</title></rect>",
          x, y, width, BAR, colourOf(part.getKey()), escaped(part.getKey()), part.getValue());
      x += width;
    }
    line(
        "<text x='%.1f' y='%d'>%.1f us, %,.0f /s</text>",
        x + 8,
        y + BAR - 8,
        cell.median(Measurement::cpuMicros),
        cell.median(Measurement::perSecond));
  }

  private void legend(int top) {
    var index = 0;
    for (var entry : colours.entrySet()) {
      var x = 20 + index % LEGEND_COLUMNS * (WIDTH / LEGEND_COLUMNS);
      var y = top + index / LEGEND_COLUMNS * LEGEND_LINE;
      line("<rect x='%d' y='%d' width='12' height='12' fill='%s'/>", x, y - 10, entry.getValue());
      line("<text x='%d' y='%d'>%s</text>", x + 18, y, escaped(entry.getKey()));
      index++;
    }
  }

  private String colourOf(String part) {
    return colours.computeIfAbsent(part, p -> COLOURS[colours.size() % COLOURS.length]);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;");
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
