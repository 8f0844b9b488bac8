package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.FlinkJob;
import dev.anabranch.benchmarks.server.JobSettings;
import dev.anabranch.benchmarks.server.PeerLog;
import dev.anabranch.jobs.CommandJob;
import dev.anabranch.jobs.CrossRegionJob;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One of several regions: its topics on a broker of its own, its command and cross-region job. */
final class ReplicatingRegion implements AutoCloseable {

  private final String name;
  private final Broker broker;
  private final Database.Schema schema;
  private final Map<String, String> topics = new LinkedHashMap<>();
  private final List<FlinkJob> jobs = new ArrayList<>();

  private ReplicatingRegion(String name, Broker broker, Database.Schema schema) {
    this.name = name;
    this.broker = broker;
    this.schema = schema;
    for (var purpose : List.of("events", "conflicts")) {
      topics.put(purpose, broker.newTopic(purpose, Database.EVENTS_PARTITIONS));
    }
    for (var purpose : List.of("commands", "inbound")) {
      topics.put(purpose, broker.newTopic(purpose, Broker.PARTITIONS));
    }
    for (var purpose : List.of("replies", "republish", "dead-letters")) {
      topics.put(purpose, broker.newTopic(purpose, 1));
    }
    topics.put("views", broker.newCompactedTopic("views", Database.EVENTS_PARTITIONS));
  }

  /** Makes a region with its topics, but no job yet. */
  static ReplicatingRegion create(String name, Broker broker, Database.Schema schema) {
    return new ReplicatingRegion(name, broker, schema);
  }

  String name() {
    return name;
  }

  Broker broker() {
    return broker;
  }

  String topic(String purpose) {
    var topic = topics.get(purpose);
    if (topic == null) {
      throw new IllegalArgumentException("no topic of " + purpose);
    }
    return topic;
  }

  /** Starts both jobs, connected to the one peer. */
  void start(ReplicatingRegion peer, LoadOptions options, Path checkpoints) throws Exception {
    var settings = JobSettings.of(options, broker, schema, name);
    settings.put("regions.names", Database.REGION + "," + PeerLog.REGION);
    settings.put("regions.home", Database.REGION);
    for (var purpose : List.of("events", "inbound", "dead-letters")) {
      settings.put(purpose + ".topic", topic(purpose));
    }
    var commands = new LinkedHashMap<>(settings);
    commands.putAll(JobSettings.commits(options));
    commands.put("commands.topic", topic("commands"));
    commands.put("commands.group-id", "group-" + topic("commands"));
    commands.put("replies.topic", topic("replies"));
    var env = FlinkJob.environment(options, checkpoints.resolve("commands"));
    CommandJob.prepare(
        env, CommandJobOptions.from(Settings.of(commands)), BenchmarkDomain.replicatedLoader());
    jobs.add(FlinkJob.start(env, "commands of " + name));

    var merging = new LinkedHashMap<>(settings);
    for (var purpose : List.of("views", "conflicts", "republish")) {
      merging.put(purpose + ".topic", topic(purpose));
    }
    var prefix = "peer." + peer.name;
    merging.put("peers", peer.name);
    merging.put(prefix + ".bootstrap-servers", "127.0.0.1:" + peer.broker.link().port());
    merging.put(prefix + ".events-topic", peer.topic("events"));
    merging.put(prefix + ".republish-topic", peer.topic("republish"));
    env = FlinkJob.environment(options, checkpoints.resolve("merge"));
    CrossRegionJob.prepare(
        env, CrossRegionJobOptions.from(Settings.of(merging)), BenchmarkDomain.replicatedLoader());
    jobs.add(FlinkJob.start(env, "merge into " + name));
  }

  void requireAlive() {
    jobs.forEach(FlinkJob::requireAlive);
  }

  @Override
  public void close() throws Exception {
    for (var job : jobs) {
      job.close();
    }
    broker.delete(List.copyOf(topics.values()));
  }
}
