package dev.anabranch.benchmarks.measure;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One window of one cell, past the correctness gate.
 *
 * @param commands durable commands (or rows, or records) that completed in the window
 * @param latencyMillis percentiles by name; null: the cell has no latency
 * @param cpu microseconds of CPU per command, by process
 * @param threads microseconds of CPU per command, by group of threads of this JVM
 * @param strangers processors that processes outside the run kept busy on average
 * @param stolen processors that the host withheld on average
 * @param facts further figures by name
 */
public record Measurement(
    long commands,
    double seconds,
    double perSecond,
    @Nullable Map<String, Double> latencyMillis,
    Map<String, Double> cpu,
    Map<String, Double> threads,
    double strangers,
    double stolen,
    Map<String, Double> facts) {

  /** CPU of all processes. */
  public double cpuMicros() {
    return cpu.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  public Measurement withFacts(Map<String, Double> more) {
    return new Measurement(
        commands, seconds, perSecond, latencyMillis, cpu, threads, strangers, stolen, more);
  }

  public static Measurement of(
      long commands,
      CpuWindow.Used used,
      @Nullable Map<String, Double> latencyMillis,
      Map<String, Double> facts) {
    return new Measurement(
        commands,
        used.seconds(),
        commands / used.seconds(),
        latencyMillis,
        microsPer(commands, used.processes()),
        microsPer(commands, used.threads()),
        used.strangers(),
        used.stolen(),
        facts);
  }

  private static Map<String, Double> microsPer(long commands, Map<String, Double> seconds) {
    var micros = new java.util.LinkedHashMap<String, Double>();
    seconds.forEach((name, used) -> micros.put(name, used * 1e6 / Math.max(1, commands)));
    return micros;
  }
}
