package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.Backlog;
import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.StoreCheck;
import dev.anabranch.benchmarks.subject.KafkaJob;
import java.time.Duration;

/**
 * Kafka to Kafka at full speed: the command job works off commands that were on the topic before it
 * started. Its length is that of the backlog, not of the window.
 */
final class KafkaBacklogCell implements Cell {

  private final CellServers setting;
  private int runs;

  KafkaBacklogCell(CellServers setting) {
    this.setting = setting;
  }

  @Override
  public String name() {
    return CellKind.KAFKA_BACKLOG.toString();
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var isLast = ++runs == setting.options().rounds;
    var commands = setting.preload();
    setting.broker().requireBacklog(setting.options(), commands);
    try (var schema = setting.database().newSchema();
        var checkpoints = new Checkpoints(setting.work());
        var job = KafkaJob.start(setting, schema, checkpoints.path(), Broker.BACKLOG)) {
      var measurement =
          new Backlog(
                  commands,
                  () -> {
                    job.requireAlive();
                    return job.answered();
                  })
              .measure(
                  setting.processes(),
                  isLast ? new Recording(setting.options().jfr) : Recording.none());
      job.requirePublished(commands);
      StoreCheck.require(schema, commands);
      return measurement;
    }
  }
}
