package dev.anabranch.benchmarks.measure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** CPU seconds between the start of a window and its end, of every process that takes part. */
public final class CpuWindow {

  private static final long SELF = ProcessHandle.current().pid();

  /** Name of this JVM among the processes. */
  public static final String JVM = "jvm";

  private final Map<String, Long> pids = new LinkedHashMap<>();
  private final Map<String, Long> startTicks = new LinkedHashMap<>();
  private final Map<String, Long> startThreads;
  private final long startMachine;
  private final long startStolen;
  private final long startNanos;

  private CpuWindow(Map<String, Long> others) {
    pids.put(JVM, SELF);
    pids.putAll(others);
    pids.forEach((name, pid) -> startTicks.put(name, ProcStat.processTicks(pid)));
    startThreads = ProcStat.threadTicks(SELF);
    startMachine = ProcStat.machineTicks();
    startStolen = ProcStat.stolenTicks();
    startNanos = System.nanoTime();
  }

  /**
   * @param others process ids by name
   */
  public static CpuWindow begin(Map<String, Long> others) {
    return new CpuWindow(others);
  }

  /**
   * What was used.
   *
   * @param processes CPU seconds by process
   * @param threads CPU seconds by group of threads of this JVM
   * @param strangers processors that other processes kept busy on average: noise
   * @param stolen processors that the host withheld on average: noise
   */
  public record Used(
      double seconds,
      Map<String, Double> processes,
      Map<String, Double> threads,
      double strangers,
      double stolen) {}

  public Used end() {
    var seconds = (System.nanoTime() - startNanos) / 1e9;
    var machine = (ProcStat.machineTicks() - startMachine) / ProcStat.TICKS_PER_SECOND;
    var stolen = (ProcStat.stolenTicks() - startStolen) / ProcStat.TICKS_PER_SECOND;
    var processes = new LinkedHashMap<String, Double>();
    var sum = 0.0;
    for (var process : pids.entrySet()) {
      var started = startTicks.getOrDefault(process.getKey(), 0L);
      var used = (ProcStat.processTicks(process.getValue()) - started) / ProcStat.TICKS_PER_SECOND;
      processes.put(process.getKey(), used);
      sum += used;
    }
    var threads = new TreeMap<String, Double>();
    ProcStat.threadTicks(SELF)
        .forEach(
            (thread, ticks) -> {
              var used = ticks - startThreads.getOrDefault(thread, 0L);
              var group = ThreadGroups.of(thread.substring(thread.indexOf(' ') + 1));
              threads.merge(group, used / ProcStat.TICKS_PER_SECOND, Double::sum);
            });
    return new Used(
        seconds, processes, threads, Math.max(0, (machine - sum) / seconds), stolen / seconds);
  }
}
