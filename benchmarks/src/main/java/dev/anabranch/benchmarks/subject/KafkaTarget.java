package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.Request;
import dev.anabranch.benchmarks.load.Target;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.message.ReplyStatus;
import java.nio.file.Path;
import java.time.Duration;

/** The command job behind Kafka, reached by the project's own client, as an application would. */
public final class KafkaTarget implements Target {

  private static final int MAX_IN_FLIGHT = 100_000;

  /** Longer than any window: a retry would hide a loss. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final KafkaJob job;
  private final CommandClient client;
  private final CommandPlan plan;

  private KafkaTarget(KafkaJob job, CommandClient client, CommandPlan plan) {
    this.job = job;
    this.client = client;
    this.plan = plan;
  }

  public static KafkaTarget open(CellServers setting, Database.Schema schema, Path checkpoints)
      throws Exception {
    var commands = setting.broker().newTopic("commands", Broker.PARTITIONS);
    var job = KafkaJob.start(setting, schema, checkpoints, commands);
    var client =
        CommandClient.builder()
            .bootstrapServers(setting.broker().bootstrapServers())
            .commandsTopic(commands)
            .replyTopic(job.replies())
            .clientId("load-client")
            .attemptTimeout(PATIENCE)
            .timeout(PATIENCE)
            .maxInFlight(MAX_IN_FLIGHT)
            .build();
    return new KafkaTarget(job, client, new CommandPlan(setting.options(), 1));
  }

  @Override
  public Request next() {
    return new Request(null, plan.nextCommandId());
  }

  @Override
  public void submit(Request request) {
    var command = plan.nextForClient(request.commandId);
    var unused =
        client
            .send(command, ReplyLevel.COMMITTED)
            .whenComplete(
                (reply, problem) ->
                    request.complete(
                        problem == null
                            && reply.status() == ReplyStatus.ACCEPTED
                            && !reply.repeated()));
  }

  @Override
  public void requireAlive() {
    job.requireAlive();
  }

  @Override
  public void close() throws Exception {
    client.close();
    job.close();
  }
}
