package dev.anabranch.benchmarks;

import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.CommandEnvelope;
import dev.anabranch.model.ReplyStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Two regions, each with a Kafka cluster, a schema and both jobs, all on this machine. Commands go
 * to the first one; a request is complete when its commit, stored in the second region's log, is
 * read from the second region's events topic.
 */
final class TwoRegions implements Target {

  private static final int MAX_IN_FLIGHT = 100_000;

  /** Longer than any window: a retry would hide a loss. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Database.Schema farSchema;
  private final ReplicatingRegion near;
  private final ReplicatingRegion far;
  private final CommandClient client;
  private final CommandPlan plan;
  private final Arrivals arrivals;

  private TwoRegions(
      Database.Schema farSchema,
      ReplicatingRegion near,
      ReplicatingRegion far,
      CommandPlan plan,
      Arrivals arrivals) {
    this.farSchema = farSchema;
    this.near = near;
    this.far = far;
    this.plan = plan;
    this.arrivals = arrivals;
    client =
        CommandClient.builder()
            .bootstrapServers(near.broker().bootstrapServers())
            .commandsTopic(near.topic("commands"))
            .replyTopic(near.topic("replies"))
            .clientId("load-client")
            .attemptTimeout(PATIENCE)
            .timeout(PATIENCE)
            .maxInFlight(MAX_IN_FLIGHT)
            .build();
  }

  static TwoRegions open(Setting setting, Database.Schema schema, Path checkpoints)
      throws Exception {
    var farSchema = setting.database().newSchema(PeerLog.REGION);
    var near = ReplicatingRegion.create(Database.REGION, setting.broker(), schema);
    var far = ReplicatingRegion.create(PeerLog.REGION, setting.otherBroker(), farSchema);
    near.start(far, setting.options(), checkpoints.resolve(near.name()));
    far.start(near, setting.options(), checkpoints.resolve(far.name()));
    return new TwoRegions(
        farSchema,
        near,
        far,
        new CommandPlan(setting.options(), 1),
        new Arrivals(far.broker(), far.topic("events")));
  }

  @Override
  public Request next() {
    return new Request(null, plan.nextCommandId());
  }

  @Override
  public void submit(Request request) {
    arrivals.expect(request);
    var command =
        new Command(
            new AggregateKey(BenchmarkDomain.TYPE, CommandPlan.aggregateId(plan.nextAggregate())),
            request.commandId,
            plan.payload(),
            "application/json",
            CommandEnvelope.ANY_VERSION,
            Map.of());
    var unused =
        client
            .send(command, ReplyLevel.COMMITTED)
            .whenComplete(
                (reply, problem) -> {
                  if (problem != null || reply.status() != ReplyStatus.ACCEPTED) {
                    request.complete(false);
                  }
                });
  }

  @Override
  public void requireAlive() {
    near.requireAlive();
    far.requireAlive();
    arrivals.requireAlive();
  }

  @Override
  public void close() throws Exception {
    client.close();
    arrivals.close();
    near.close();
    far.close();
    farSchema.close();
  }
}
