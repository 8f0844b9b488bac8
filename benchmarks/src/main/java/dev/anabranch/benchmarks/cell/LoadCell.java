package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.Load;
import dev.anabranch.benchmarks.load.LoadWindow;
import dev.anabranch.benchmarks.load.Target;
import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.DatabaseCounters;
import dev.anabranch.benchmarks.server.StoreCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.Function;

/** A load generator in front of a target that stores commits. */
final class LoadCell implements Cell {

  /** Opens a target on an empty region. */
  interface TargetFactory {
    Target open(Database.Schema schema, Path checkpoints) throws Exception;
  }

  /** What must hold of the store when so many commands were accepted. */
  interface Gate {
    void require(Database.Schema schema, long commits) throws Exception;
  }

  private final String name;
  private final CellServers setting;
  private final Gate gate;
  private final TargetFactory targets;
  private final Function<Target, Load> loads;
  private int runs;

  LoadCell(String name, CellServers setting, TargetFactory targets, Function<Target, Load> loads) {
    this(name, setting, StoreCheck::require, targets, loads);
  }

  LoadCell(
      String name,
      CellServers setting,
      Gate gate,
      TargetFactory targets,
      Function<Target, Load> loads) {
    this.name = name;
    this.gate = gate;
    this.setting = setting;
    this.targets = targets;
    this.loads = loads;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var isLast = ++runs == setting.options().rounds;
    try (var schema = setting.database().newSchema();
        var checkpoints = new Checkpoints(setting.work());
        var target = targets.open(schema, checkpoints.path())) {
      var load = loads.apply(target);
      var processes = new LinkedHashMap<>(setting.processes());
      var recording = isLast ? new Recording(setting.options().jfr) : Recording.none();
      var measurement =
          new LoadWindow(processes, new DatabaseCounters(schema), recording)
              .run(load, warmUp, window);
      gate.require(schema, load.outcomes().accepted());
      return measurement;
    }
  }
}
