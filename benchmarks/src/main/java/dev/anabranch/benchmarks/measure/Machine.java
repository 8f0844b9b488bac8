package dev.anabranch.benchmarks.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What a result has to say about where it was measured, and of what. */
public final class Machine {

  private Machine() {}

  public static Map<String, String> facts() {
    var facts = new TreeMap<String, String>();
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", field("/proc/cpuinfo", "model name"));
    facts.put("memory", field("/proc/meminfo", "MemTotal"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("heapMegabytes", Long.toString(Runtime.getRuntime().maxMemory() >> 20));
    facts.put("loadBefore", Double.toString(ProcStat.loadAverage()));
    return facts;
  }

  /** What the jobs of this JVM and the load generator hold on the heap: all but RocksDB. */
  public static double liveHeapMebibytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / (double) (1 << 20);
  }

  /** The commit that is checked out, with a plus if files were changed since; empty: no git. */
  public static String commit() {
    var commit = git("rev-parse", "--short=12", "HEAD");
    return commit.isEmpty() || git("status", "--porcelain", "--untracked-files=no").isEmpty()
        ? commit
        : commit + "+";
  }

  private static String git(String... arguments) {
    var command = new java.util.ArrayList<>(java.util.List.of("git"));
    command.addAll(java.util.List.of(arguments));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(false).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
          ? output.strip()
          : "";
    } catch (IOException noGit) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static String field(String file, String name) {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
