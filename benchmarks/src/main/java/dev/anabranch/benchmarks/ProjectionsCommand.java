package dev.anabranch.benchmarks;

import dev.anabranch.embedded.WorkDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
final class ProjectionsCommand implements Callable<Integer> {

  @Option(names = "--events", defaultValue = "200000", description = "Of each run.")
  private int events = 200_000;

  @Option(names = "--rate", defaultValue = "1000", description = "Commands per second.")
  private double rate = 1_000;

  @Mixin private LoadOptions options = new LoadOptions();

  @Override
  public Integer call() throws Exception {
    try (var work = WorkDirectory.create("benchmarks");
        var database = Database.start(work.resolve("database"), options);
        var setting = new Setting(options, database, work.resolve("servers"), 0, rate)) {
      var runs = new ProjectionRuns(setting, events);
      var live = new ArrayList<Double>();
      var rebuild = new ArrayList<Double>();
      System.out.println(
          "| round | raw upsert/s | live/s | rebuild/s | live ÷ raw | rebuild ÷ live | visible p50, p99 ms |");
      System.out.println("|---|---|---|---|---|---|---|");
      for (var round = 1; round <= options.rounds; round++) {
        var raw = runs.rawUpsert().perSecond();
        var following = runs.live().perSecond();
        var rebuilding = runs.rebuild().perSecond();
        var visible = runs.visible(rate, options.warmUp, options.window);
        live.add(following / raw);
        rebuild.add(rebuilding / following);
        System.out.printf(
            Locale.ROOT,
            "| %d | %,.0f | %,.0f | %,.0f | %.2f | %.2f | %.1f, %.1f |%n",
            round,
            raw,
            following,
            rebuilding,
            following / raw,
            rebuilding / following,
            visible.getValueAtPercentile(50) / 1e3,
            visible.getValueAtPercentile(99) / 1e3);
      }
      System.out.printf(
          Locale.ROOT,
          "Medians: live ÷ raw %.2f, rebuild ÷ live %.2f. Load average at the end: %.1f%n",
          median(live),
          median(rebuild),
          ProcStat.loadAverage());
    }
    return 0;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip((values.size() - 1) / 2).findFirst().orElse(Double.NaN);
  }
}
