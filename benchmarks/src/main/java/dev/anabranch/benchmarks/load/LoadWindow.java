package dev.anabranch.benchmarks.load;

import dev.anabranch.benchmarks.measure.CpuWindow;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Runs a load through warm-up and window, and measures the window. */
public final class LoadWindow {

  /**
   * Figures that only grow, such as counters of the database; what they grew by in the window is
   * noted per command.
   */
  public interface Counters extends Supplier<Map<String, Double>> {}

  private final Map<String, Long> processes;
  private final Counters counters;
  private final Recording recording;

  public LoadWindow(Map<String, Long> processes, Counters counters, Recording recording) {
    this.processes = processes;
    this.counters = counters;
    this.recording = recording;
  }

  public Measurement run(Load load, Duration warmUp, Duration window) throws Exception {
    load.start();
    load.await(warmUp);
    var before = counters.get();
    load.outcomes().forgetLatencies();
    recording.start();
    var cpu = CpuWindow.begin(processes);
    var acceptedBefore = load.outcomes().accepted();
    load.await(window);
    var accepted = load.outcomes().accepted() - acceptedBefore;
    var used = cpu.end();
    var latencies = load.outcomes().latencyMillis();
    recording.stop();
    var after = counters.get();
    load.stop();
    if (load.outcomes().others() > 0) {
      throw new IncorrectException(load.outcomes().others() + " commands were not accepted");
    }
    var facts = new HashMap<String, Double>();
    after.forEach((name, value) -> facts.put(name, value - before.getOrDefault(name, 0.0)));
    return Measurement.of(accepted, used, latencies, facts);
  }
}
