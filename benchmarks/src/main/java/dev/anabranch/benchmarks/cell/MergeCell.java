package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.Backlog;
import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.measure.Machine;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.measure.Recording;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.EchoedLog;
import dev.anabranch.benchmarks.server.FlinkJob;
import dev.anabranch.benchmarks.server.JobSettings;
import dev.anabranch.benchmarks.server.PeerLog;
import dev.anabranch.jobs.CrossRegionJob;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The cross-region job works off the log of a peer that was on its topic before: gate, graph,
 * states, into the topics of inbound commits and of views. What it releases comes back in the
 * region's own log, which it follows as well.
 */
final class MergeCell implements Cell {

  private final CellKind kind;
  private final CellServers setting;
  private final int commits;

  MergeCell(CellKind kind, CellServers setting, int commits) {
    this.kind = kind;
    this.setting = setting;
    this.commits = commits;
  }

  /** Those that this run of the job writes to. */
  private record Topics(
      String events,
      String inbound,
      String views,
      String conflicts,
      String republish,
      String deadLetters) {

    static Topics create(Broker broker) {
      return new Topics(
          broker.newTopic("events", Database.EVENTS_PARTITIONS),
          broker.newTopic("inbound", Broker.PARTITIONS),
          broker.newCompactedTopic("views", Database.EVENTS_PARTITIONS),
          broker.newTopic("conflicts", Database.EVENTS_PARTITIONS),
          broker.newTopic("republish", 1),
          broker.newTopic("dead-letters", 1));
    }

    List<String> all() {
      return List.of(events, inbound, views, conflicts, republish, deadLetters);
    }

    Map<String, String> settings() {
      return Map.of(
          "events.topic", events,
          "inbound.topic", inbound,
          "views.topic", views,
          "conflicts.topic", conflicts,
          "republish.topic", republish,
          "dead-letters.topic", deadLetters);
    }
  }

  @Override
  public String name() {
    return kind.toString();
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var broker = setting.broker();
    var log = setting.peerLog(commits);
    var topics = Topics.create(broker);
    try (var schema = setting.database().newSchema();
        var checkpoints = new Checkpoints(setting.work());
        var ownLog = EchoedLog.follow(broker, schema, topics.inbound(), topics.events());
        var job = start(schema, checkpoints, log, topics)) {
      var measured =
          new Backlog(
                  commits,
                  () -> {
                    job.requireAlive();
                    ownLog.requireAlive();
                    return broker.records(topics.inbound());
                  })
              .measure(setting.processes(), Recording.none());
      requireExact(broker, topics);
      return measured.withFacts(Map.of("heap MiB", Machine.liveHeapMebibytes()));
    } finally {
      broker.delete(topics.all());
    }
  }

  /** One view of each commit, no conflict, nothing refused. */
  private void requireExact(Broker broker, Topics topics) throws Exception {
    var views = broker.records(topics.views());
    var conflicts = broker.records(topics.conflicts());
    var letters = broker.records(topics.deadLetters());
    if (views != commits || conflicts != 0 || letters != 0) {
      throw new IncorrectException(
          String.format(
              Locale.ROOT,
              "%d commits, %d views, %d conflicts, %d dead letters",
              commits,
              views,
              conflicts,
              letters));
    }
  }

  private FlinkJob start(Database.Schema schema, Checkpoints checkpoints, String log, Topics topics)
      throws Exception {
    var options = setting.options();
    var broker = setting.broker();
    var peer = "peer." + PeerLog.REGION;
    var settings = JobSettings.of(options, broker, schema, Database.REGION);
    settings.putAll(topics.settings());
    settings.put("regions.names", Database.REGION + "," + PeerLog.REGION);
    settings.put("regions.home", Database.REGION);
    settings.put("peers", PeerLog.REGION);
    settings.put(peer + ".bootstrap-servers", broker.bootstrapServers());
    settings.put(peer + ".events-topic", log);
    settings.put(peer + ".republish-topic", topics.republish());
    var env = FlinkJob.environment(options, checkpoints.path());
    CrossRegionJob.prepare(
        env, CrossRegionJobOptions.from(Settings.of(settings)), BenchmarkDomain.replicatedLoader());
    return FlinkJob.start(env, kind.toString());
  }
}
