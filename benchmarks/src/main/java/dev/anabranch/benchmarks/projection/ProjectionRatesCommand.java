package dev.anabranch.benchmarks.projection;

import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.measure.Machine;
import dev.anabranch.benchmarks.measure.ProcStat;
import dev.anabranch.benchmarks.report.ResultFiles;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.embedded.WorkDirectory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a projection costs, beside the same rows upserted by hand. */
@Command(
    name = "projections",
    description = {
      "Round by round: the rows of a projection upserted by hand; the projection job on the topic;"
          + " the same from the event store; and how long after its intended time a command's row is"
          + " visible.",
      "Ratios are of one round; medians are of the rounds' ratios."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ProjectionRatesCommand implements Callable<Integer> {

  @Option(names = "--events", defaultValue = "200000", description = "Of each run.")
  private int events = 200_000;

  @Option(names = "--rate", defaultValue = "1000", description = "Commands per second.")
  private double rate = 1_000;

  @Option(
      names = "--visible-only",
      description = "Measure only how long it takes until rows are visible.")
  private boolean visibleOnly;

  @Mixin private LoadOptions options = new LoadOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (var work = WorkDirectory.create("benchmarks");
        var database = Database.start(work.resolve("database"), options);
        var setting = new CellServers(options, database, work.resolve("servers"), 0, 0, rate)) {
      var machine = Machine.facts();
      var runs = new ProjectionRuns(setting, events);
      if (visibleOnly) {
        for (var number = 1; number <= options.rounds; number++) {
          var run = runs.visible(rate, options.warmUp, options.window);
          System.out.printf(
              "round %d, µs until replied %s, until visible %s; CPU µs per command %s%n",
              number,
              percentiles(run.replied()),
              percentiles(run.visible()),
              run.rate().microsByProcess());
        }
        return 0;
      }
      var rounds = new ArrayList<ProjectionsResult.Round>();
      System.out.println(
          "| round | raw upsert/s | live/s | rebuild/s | live ÷ raw | rebuild ÷ live | visible p50, p99 ms |");
      System.out.println("|---|---|---|---|---|---|---|");
      for (var number = 1; number <= options.rounds; number++) {
        var round =
            new ProjectionsResult.Round(
                runs.rawUpsert(),
                runs.live(),
                runs.rebuild(),
                percentiles(runs.visible(rate, options.warmUp, options.window).visible()));
        rounds.add(round);
        print(number, round);
      }
      machine.put("loadAfter", Double.toString(ProcStat.loadAverage()));
      System.out.printf(
          Locale.ROOT,
          "Medians: live ÷ raw %.2f, rebuild ÷ live %.2f.%n",
          median(rounds.stream().map(ProjectionsResult.Round::liveToRaw).toList()),
          median(rounds.stream().map(ProjectionsResult.Round::rebuildToLive).toList()));
      var folder = options.results;
      if (folder != null) {
        var run =
            new ProjectionsResult(
                options.label,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Machine.commit(),
                commandLine(),
                machine,
                database.settings(),
                events,
                rate,
                rounds);
        System.err.println("written: " + ResultFiles.write(folder, run.date(), options.label, run));
      }
    }
    return 0;
  }

  private static void print(int number, ProjectionsResult.Round round) {
    System.out.printf(
        Locale.ROOT,
        "| %d | %,.0f | %,.0f | %,.0f | %.2f | %.2f | %.1f, %.1f |%n",
        number,
        round.rawUpsert().perSecond(),
        round.live().perSecond(),
        round.rebuild().perSecond(),
        round.liveToRaw(),
        round.rebuildToLive(),
        round.visibleMicros().getOrDefault("p50", 0L) / 1e3,
        round.visibleMicros().getOrDefault("p99", 0L) / 1e3);
    System.err.println("  CPU µs per event, raw:     " + round.rawUpsert());
    System.err.println("  CPU µs per event, live:    " + round.live());
    System.err.println("  CPU µs per event, rebuild: " + round.rebuild());
  }

  private static Map<String, Long> percentiles(Histogram histogram) {
    var micros = new TreeMap<String, Long>();
    micros.put("p50", histogram.getValueAtPercentile(50));
    micros.put("p99", histogram.getValueAtPercentile(99));
    micros.put("max", histogram.getMaxValue());
    return micros;
  }

  private String commandLine() {
    var arguments =
        Objects.requireNonNull(spec, "set by picocli")
            .commandLine()
            .getParseResult()
            .originalArgs();
    return "benchmarks/run projections " + String.join(" ", arguments);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip((values.size() - 1) / 2).findFirst().orElse(Double.NaN);
  }
}
