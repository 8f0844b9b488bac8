package dev.anabranch.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * CPU time as Linux accounts it, in ticks of 10 ms: of a process, of each of its threads, and of
 * the machine.
 */
public final class ProcStat {

  static final double TICKS_PER_SECOND = 100;

  private static final Path PROC = Path.of("/proc");

  /** Fields of {@code stat}, counted from the one after the name in parentheses. */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  private ProcStat() {}

  /** Threads that have ended included. */
  static long processTicks(long pid) {
    return ticks(read(PROC.resolve(pid + "/stat")));
  }

  /** By id and name, of the threads that live. */
  static Map<String, Long> threadTicks(long pid) {
    var ticks = new HashMap<String, Long>();
    try (var tasks = Files.list(PROC.resolve(pid + "/task"))) {
      for (var task : tasks.toList()) {
        try {
          var stat = Files.readString(task.resolve("stat"));
          var name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
          ticks.put(task.getFileName() + " " + name, ticks(stat));
        } catch (IOException gone) {
          // The thread ended after the directory was listed.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ticks;
  }

  /** All that the machine's processors did since it was started, idling and waiting left out. */
  static long machineTicks() {
    var fields =
        read(PROC.resolve("stat")).lines().findFirst().orElseThrow().trim().split(" +", -1);
    var busy = 0L;
    for (var i = 1; i <= 7; i++) {
      busy += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]); // 4: idle, 5: waiting for a disk
    }
    return busy;
  }

  /** Ticks that the host gave to others. */
  static long stolenTicks() {
    var fields =
        read(PROC.resolve("stat")).lines().findFirst().orElseThrow().trim().split(" +", -1);
    return Long.parseLong(fields[8]);
  }

  public static double loadAverage() {
    return Double.parseDouble(read(PROC.resolve("loadavg")).split(" ", -1)[0]);
  }

  private static long ticks(String stat) {
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
