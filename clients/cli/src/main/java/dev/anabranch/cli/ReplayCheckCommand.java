package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.replay.Release;
import dev.anabranch.cli.replay.ReplayCheck;
import dev.anabranch.cli.replay.ReplayReport;
import dev.anabranch.cli.text.Progress;
import dev.anabranch.cli.text.Style;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code anabranch replay-check}: can a new release read what the old ones stored? */
@Command(
    name = "replay-check",
    description = {
      "Folds the stored history with the code of a new release, before it is deployed, and reports"
          + " every aggregate whose events it can't read or fold, or whose state it can't write.",
      "With --compare also every aggregate where the state that the old release left in a savepoint"
          + " becomes something else than the history folds to. It only reads, and may run beside the"
          + " job. Memory holds the aggregates of one shard at a time."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch replay-check --config region.yaml --jar app-2.jar",
      "  anabranch replay-check --jar app-2.jar --compare app-1.jar",
      "  anabranch replay-check --jar app-2.jar --sample 10000"
    })
public final class ReplayCheckCommand extends RegionCommand {

  @Option(
      names = "--jar",
      paramLabel = "JAR",
      split = ",",
      required = true,
      description =
          "The new release: its job jar, or the jar of its domain; commas between several.")
  private List<Path> jars = List.of();

  @Option(
      names = "--compare",
      paramLabel = "JAR",
      split = ",",
      description = "The release that runs now.")
  private List<Path> compared = List.of();

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Only about N aggregates, from random places of the log. Default: all.")
  private int sample;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the sample, which it prints. Default: the time.")
  private long seed = System.currentTimeMillis();

  @Option(
      names = "--show",
      paramLabel = "N",
      description = "Problems to print, at most 100. Default: 20.")
  private int shown = 20;

  @Override
  protected int run(Region region) throws IOException {
    var progress = new Progress(err(), style().ansi(), System::nanoTime);
    ReplayReport report;
    try {
      report = check(region, jars, compared, sample, seed, progress);
    } finally {
      progress.end();
    }
    print(report, shown, out(), style());
    if (compared.isEmpty() && report.isClean()) {
      out()
          .println(
              "Not checked: whether it reads the states that the old release left in a savepoint,"
                  + " and makes the same of them. Give --compare OLD.jar.");
    }
    if (sample > 0) {
      out().println("a sample, seed " + seed);
    }
    out().flush();
    return report.isClean() ? ExitCode.OK : ExitCode.PROBLEMS;
  }

  /**
   * @param compared empty: nothing to compare with
   * @param sample 0: all
   */
  public static ReplayReport check(
      Region region, List<Path> jars, List<Path> compared, int sample, long seed, Progress progress)
      throws IOException {
    try (var next = load(jars);
        var old = compared.isEmpty() ? null : load(compared);
        var store = region.openStore()) {
      var check = new ReplayCheck(store, next, old, commits -> progress.at("folded", commits, -1));
      return sample > 0 ? check.sample(sample, seed) : check.all();
    }
  }

  public static void print(ReplayReport report, int shown, PrintWriter out, Style style) {
    report.problems().stream().limit(shown).forEach(line -> out.println(style.bad(line)));
    if (report.problemCount() > Math.min(shown, report.problems().size())) {
      out.printf(Locale.ROOT, "… %,d aggregates in all%n", report.problemCount());
    }
    out.printf(
        Locale.ROOT,
        "replay-check: %,d commits of %,d aggregates folded%n",
        report.commits(),
        report.aggregates());
    out.println(
        report.isClean()
            ? style.good("The release can take over.")
            : style.bad(
                "The release can NOT take over: "
                    + report.problemCount()
                    + " aggregates would be broken or changed. Add the missing upcasters, or fix"
                    + " the fold. If only states of the old release are in the way, start without a"
                    + " savepoint: every state is folded from its events then (`cluster upgrade"
                    + " --fold-again`, or `flink run` without -s)."));
    out.flush();
  }

  private static Release load(List<Path> jars) {
    try {
      return Release.load(jars);
    } catch (IllegalArgumentException e) {
      throw CliException.problem(String.valueOf(e.getMessage()));
    }
  }
}
