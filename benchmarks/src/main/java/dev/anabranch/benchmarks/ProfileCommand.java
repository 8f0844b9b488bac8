package dev.anabranch.benchmarks;

import dev.anabranch.benchmarks.measure.Stages;
import dev.anabranch.benchmarks.measure.ThreadGroups;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a flight recording: how a group of threads spends its CPU. */
@Command(
    name = "profile",
    description =
        "Summarizes the execution samples of a flight recording that compare --jfr made: by group"
            + " of threads, the share of each stage of a command, and the frames on top.",
    mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {

  private static final int NAME_LENGTH_MAX = 15;

  @Parameters(paramLabel = "FILE", description = "The recording.")
  private Path file = Path.of("benchmark.jfr");

  @Option(names = "--top", defaultValue = "15", description = "Frames to show of each kind.")
  private int top = 15;

  @Option(
      names = "--micros",
      split = ",",
      description =
          "CPU microseconds per command of a group, as compare printed them, to scale its shares"
              + " with: 'operator task=5.1,lanes=2.0'.")
  private Map<String, Double> micros = Map.of();

  @Override
  public Integer call() throws IOException {
    var groups = new TreeMap<String, Samples>();
    try (var recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        var event = recording.readEvent();
        if (event.getEventType().getName().equals("jdk.ExecutionSample")) {
          groups.computeIfAbsent(groupOf(event), name -> new Samples()).add(event);
        }
      }
    }
    groups.forEach(this::print);
    return 0;
  }

  private void print(String group, Samples samples) {
    System.out.printf(Locale.ROOT, "%n## %s: %d samples%n", group, samples.count);
    var scale = micros.getOrDefault(group, 0.0);
    print("stage", samples.stages, samples.count, scale);
    print("on top of the stack", samples.self, samples.count, scale);
    print("anywhere on the stack", samples.inclusive, samples.count, scale);
  }

  private void print(String title, Map<String, Integer> counts, int total, double scale) {
    System.out.printf("%n| %s | share | us |%n| --- | --- | --- |%n", title);
    var sorted = new ArrayList<>(counts.entrySet());
    sorted.sort((a, b) -> b.getValue() - a.getValue());
    for (var entry : sorted.subList(0, Math.min(top, sorted.size()))) {
      var share = entry.getValue() / (double) total;
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f %% | %s |%n",
          entry.getKey(),
          100 * share,
          scale > 0 ? String.format(Locale.ROOT, "%.2f", share * scale) : "-");
    }
  }

  private static String groupOf(RecordedEvent event) {
    var thread = event.getThread("sampledThread");
    var name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
    return ThreadGroups.of(name.substring(0, Math.min(NAME_LENGTH_MAX, name.length())));
  }

  /** The samples of one group. */
  private static final class Samples {
    private final Map<String, Integer> stages = new HashMap<>();
    private final Map<String, Integer> self = new HashMap<>();
    private final Map<String, Integer> inclusive = new HashMap<>();
    private int count;

    private void add(RecordedEvent event) {
      var stack = event.getStackTrace();
      if (stack == null || stack.getFrames().isEmpty()) {
        return;
      }
      count++;
      var frames = stack.getFrames();
      stages.merge(Stages.of(frames), 1, Integer::sum);
      self.merge(Stages.nameOf(frames.get(0)), 1, Integer::sum);
      var seen = new HashSet<String>();
      List<String> names = frames.stream().map(Stages::nameOf).toList();
      for (var name : names) {
        if (seen.add(name)) {
          inclusive.merge(name, 1, Integer::sum);
        }
      }
    }
  }
}
