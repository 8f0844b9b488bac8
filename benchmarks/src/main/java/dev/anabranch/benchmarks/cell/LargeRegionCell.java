package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.ClosedLoop;
import dev.anabranch.benchmarks.load.LoadWindow;
import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.Machine;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.DatabaseCounters;
import dev.anabranch.benchmarks.subject.InProcessJob;
import java.time.Duration;
import java.util.HashMap;

/**
 * The closed loop of {@code in-process} on a region of many aggregates, far more than the cache
 * holds: nearly every command reads its aggregate from RocksDB.
 */
final class LargeRegionCell implements Cell {

  private final CellServers setting;
  private final int outstanding;

  LargeRegionCell(CellServers setting, int outstanding) {
    this.setting = setting;
    this.outstanding = outstanding;
  }

  @Override
  public String name() {
    return CellKind.IN_PROCESS_LARGE + "@" + outstanding;
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var region = setting.storedRegion();
    try (var checkpoints = new Checkpoints(setting.work());
        var job =
            new InProcessJob(
                setting.options(),
                InProcessJob.Writers.ONE_REGION,
                region.draw(),
                region.commits(),
                region.schema(),
                checkpoints.path())) {
      region.awaitRead(job);
      var load = new ClosedLoop(job, outstanding);
      var measured =
          new LoadWindow(
                  setting.processes(), new DatabaseCounters(region.schema()), Recording.none())
              .run(load, warmUp, window);
      region.added(load.outcomes().accepted());
      var facts = new HashMap<>(measured.facts());
      facts.put("heap MiB", Machine.liveHeapMebibytes());
      return measured.withFacts(facts);
    }
  }
}
