package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.FlinkJob;
import dev.anabranch.benchmarks.server.JobSettings;
import dev.anabranch.jobs.CommandJob;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CommandJobOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The command job as it is deployed, on topics of its own. */
public final class KafkaJob implements AutoCloseable {

  private final Broker broker;
  private final FlinkJob job;
  private final String events;
  private final String replies;
  private final String deadLetters;

  private KafkaJob(Broker broker, FlinkJob job, String events, String replies, String deadLetters) {
    this.broker = broker;
    this.job = job;
    this.events = events;
    this.replies = replies;
    this.deadLetters = deadLetters;
  }

  public static KafkaJob start(
      CellServers setting, Database.Schema schema, Path checkpoints, String commandsTopic)
      throws Exception {
    var options = setting.options();
    var broker = setting.broker();
    var events = broker.newTopic("events", Database.EVENTS_PARTITIONS);
    var replies = broker.newTopic("replies", 1);
    var deadLetters = broker.newTopic("dead-letters", 1);
    var settings = JobSettings.of(options, broker, schema, Database.REGION);
    settings.put("commands.topic", commandsTopic);
    settings.put("commands.group-id", "group-" + events);
    settings.put("events.topic", events);
    settings.put("replies.topic", replies);
    settings.put("dead-letters.topic", deadLetters);
    settings.putAll(JobSettings.commits(options));
    var env = FlinkJob.environment(options, checkpoints);
    CommandJob.prepare(
        env, CommandJobOptions.from(Settings.of(settings)), BenchmarkDomain.loader());
    return new KafkaJob(broker, FlinkJob.start(env, "kafka"), events, replies, deadLetters);
  }

  public String events() {
    return events;
  }

  public String replies() {
    return replies;
  }

  public long answered() throws Exception {
    return broker.records(replies);
  }

  public void requireAlive() {
    job.requireAlive();
  }

  /** Every commit is published once, since nothing failed, and nothing is a dead letter. */
  public void requirePublished(long commits) throws Exception {
    var published = broker.records(events);
    var letters = broker.records(deadLetters);
    if (published != commits || letters != 0) {
      throw new IncorrectException(
          String.format(
              Locale.ROOT,
              "%d commits, %d records of events, %d dead letters",
              commits,
              published,
              letters));
    }
  }

  @Override
  public void close() throws Exception {
    job.close();
    broker.delete(List.of(events, replies, deadLetters));
  }
}
