package dev.anabranch.playground;

import dev.anabranch.cli.Region;
import dev.anabranch.cli.ReplayCheckCommand;
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

  /** Folds the stored history with the release, prints the report, and says whether it is clean. */
  boolean canReplay(int sample, PrintWriter out, PrintWriter err, Style style) {
    var old = JobControl.jars(cluster);
    var next = new ArrayList<>(List.of(jar));
    next.addAll(domains == null ? old.subList(1, old.size()) : domains);
    var progress = new Progress(err, style.ansi(), System::nanoTime);
    try {
      var report =
          ReplayCheckCommand.check(
              Region.of("--config", cluster.regionFile().toString()),
              next,
              old,
              sample,
              System.currentTimeMillis(),
              progress);
      ReplayCheckCommand.print(report, PROBLEMS_SHOWN, out, style);
      return report.isClean();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      progress.end();
    }
  }
}
