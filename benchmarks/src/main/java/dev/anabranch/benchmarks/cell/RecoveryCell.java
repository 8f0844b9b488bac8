package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.CpuWindow;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.subject.InProcessJob;
import java.time.Duration;
import java.util.Map;

/**
 * How fast a task without a checkpoint reads and folds its shards' logs into keyed state, from when
 * the job runs until it answers. Its length is that of the log, not of the window.
 */
final class RecoveryCell implements Cell {

  private final CellServers setting;
  private int runs;

  RecoveryCell(CellServers setting) {
    this.setting = setting;
  }

  @Override
  public String name() {
    return CellKind.RECOVERY.toString();
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var region = setting.storedRegion();
    var options = setting.options();
    var recording = ++runs == options.rounds ? new Recording(options.jfr) : Recording.none();
    try (var checkpoints = new Checkpoints(setting.work());
        var job =
            new InProcessJob(
                options,
                InProcessJob.Writers.ONE_REGION,
                region.draw(),
                region.commits(),
                region.schema(),
                checkpoints.path())) {
      var rows = region.commits();
      recording.start();
      var cpu = CpuWindow.begin(setting.processes());
      region.awaitRead(job);
      var used = cpu.end();
      recording.stop();
      return Measurement.of(rows, used, null, Map.of());
    }
  }
}
