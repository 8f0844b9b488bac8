package dev.anabranch.benchmarks;

import dev.anabranch.benchmarks.cell.Cell;
import dev.anabranch.benchmarks.cell.CellKind;
import dev.anabranch.benchmarks.cell.CheckpointedCell;
import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.measure.Machine;
import dev.anabranch.benchmarks.measure.ProcStat;
import dev.anabranch.benchmarks.report.Report;
import dev.anabranch.benchmarks.report.ResultFiles;
import dev.anabranch.benchmarks.report.RunResult;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.embedded.WorkDirectory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures cells side by side. */
@Command(
    name = "compare",
    description = "Runs cells in turn, round by round, and prints their medians and ratios.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {

  @Parameters(
      arity = "1..*",
      paramLabel = "CELL",
      description = "What to run: ${COMPLETION-CANDIDATES}. Ratios are to the first one.")
  private List<CellKind> kinds = List.of();

  @Option(
      names = "--outstanding",
      split = ",",
      defaultValue = "1024",
      description = "Commands under way in closed loops; a list runs each such cell with each.")
  private List<Integer> outstanding = List.of(1_024);

  @Option(
      names = "--preload",
      defaultValue = "400000",
      description = "Commands, or commits, on the topic that the cells with a backlog read.")
  private int preload = 400_000;

  @Option(
      names = "--backlog",
      defaultValue = "1000000",
      description = "Commits that wait for the healed link of catch-up.")
  private int backlog = 1_000_000;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "Commands per second of the open loops; latency counts from the intended time.")
  private double rate = 1_000;

  @Mixin private LoadOptions options = new LoadOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (var work = WorkDirectory.create("benchmarks");
        var database = Database.start(work.resolve("database"), options);
        var setting =
            new CellServers(options, database, work.resolve("servers"), preload, backlog, rate)) {
      var cells = new ArrayList<Cell>();
      for (var kind : kinds) {
        for (var cell : kind.cells(setting, outstanding)) {
          cells.addAll(CheckpointedCell.each(cell, options));
        }
      }
      var machine = Machine.facts();
      var results = new Rounds(options, cells).run();
      machine.put("loadAfter", Double.toString(ProcStat.loadAverage()));
      var run =
          new RunResult(
              options.label,
              Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
              Machine.commit(),
              commandLine(),
              machine,
              database.settings(),
              settings(),
              results.get(0).cell(),
              results);
      System.out.println(Report.of(run));
      var folder = options.results;
      if (folder != null) {
        System.err.println("written: " + ResultFiles.write(folder, run));
      }
    }
    return 0;
  }

  private String commandLine() {
    var arguments = specification().commandLine().getParseResult().originalArgs();
    return "benchmarks/run " + String.join(" ", arguments);
  }

  /** Defaults included, so that a file can be read years later. */
  private Map<String, String> settings() {
    var settings = new TreeMap<String, String>();
    for (var option : specification().options()) {
      Object value = option.getValue();
      if (value != null && !(value instanceof Path) && !option.usageHelp()) {
        settings.put(option.longestName().substring(2), value.toString());
      }
    }
    return settings;
  }

  private CommandSpec specification() {
    return Objects.requireNonNull(spec, "set by picocli");
  }
}
