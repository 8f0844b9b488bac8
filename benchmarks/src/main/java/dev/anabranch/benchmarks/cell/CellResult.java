package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.measure.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** All windows of one cell. */
public record CellResult(String cell, List<Measurement> rounds) {

  public double median(ToDoubleFunction<Measurement> figure) {
    return medianOf(rounds.stream().mapToDouble(figure).toArray());
  }

  /** Median of one part of a figure that has several. */
  public double median(
      String part, java.util.function.Function<Measurement, java.util.Map<String, Double>> parts) {
    return median(round -> parts.apply(round).getOrDefault(part, 0.0));
  }

  /** The names that the parts of a figure have in any round. */
  public List<String> parts(
      java.util.function.Function<Measurement, java.util.Map<String, Double>> parts) {
    var names = new LinkedHashSet<String>();
    for (var round : rounds) {
      names.addAll(parts.apply(round).keySet());
    }
    return new ArrayList<>(names);
  }

  /** The median of the rounds' own ratios: what disturbs a round disturbs both of its cells. */
  public double medianRatio(CellResult base, ToDoubleFunction<Measurement> figure) {
    var count = Math.min(rounds.size(), base.rounds.size());
    var ratios = new double[count];
    for (var i = 0; i < count; i++) {
      ratios[i] = figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(base.rounds.get(i));
    }
    return medianOf(ratios);
  }

  private static double medianOf(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    java.util.Arrays.sort(values);
    var middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
