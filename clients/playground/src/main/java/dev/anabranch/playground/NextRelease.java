package dev.anabranch.playground;

import dev.anabranch.cli.Region;
import dev.anabranch.cli.ReplayCheckCommand;
import dev.anabranch.cli.replay.ReplayReport;
import dev.anabranch.cli.text.Progress;
import dev.anabranch.cli.text.Style;
import dev.anabranch.playground.cluster.ClusterFolder;
import dev.anabranch.playground.cluster.JobControl;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A release that is about to replace the one that runs on a local cluster. */
record NextRelease(ClusterFolder cluster, Path jar, @Nullable List<Path> domains) {

  private static final int PROBLEMS_SHOWN = 10;

  /**
   * Folds the stored history with the release, prints the report, and says whether it is clean.
   *
   * @param foldAgain whether no state of the release that runs is taken over, so that none is
   *     compared
   */
  boolean canReplay(boolean foldAgain, int sample, PrintWriter out, PrintWriter err, Style style) {
    var old = JobControl.jars(cluster);
    var next = new ArrayList<>(List.of(jar));
    next.addAll(domains == null ? old.subList(1, old.size()) : domains);
    var report = check(next, foldAgain ? List.of() : old, sample, err, style);
    ReplayCheckCommand.print(report, PROBLEMS_SHOWN, out, style);
    return report.isClean();
  }

  /** The number of aggregates whose history the release can't read; the first ones are printed. */
  long unreadable(PrintWriter out, PrintWriter err, Style style) {
    var next = new ArrayList<>(List.of(jar));
    next.addAll(domains == null ? List.of() : domains);
    var report = check(next, List.of(), 0, err, style);
    report.problems().stream().limit(PROBLEMS_SHOWN).forEach(line -> out.println(style.bad(line)));
    out.flush();
    return report.problemCount();
  }

  private ReplayReport check(
      List<Path> next, List<Path> old, int sample, PrintWriter err, Style style) {
    var progress = new Progress(err, style.ansi(), System::nanoTime);
    try {
      return ReplayCheckCommand.check(
          Region.of("--config", cluster.regionFile().toString()),
          next,
          old,
          sample,
          System.currentTimeMillis(),
          progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      progress.end();
    }
  }
}
