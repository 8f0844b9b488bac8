package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.Request;
import dev.anabranch.benchmarks.load.Target;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.PeerLog;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.message.ReplyStatus;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Two regions, each with a Kafka cluster, a schema and both jobs, all on this machine. Commands go
 * to the first one.
 */
public final class TwoRegions implements Target {

  private static final int MAX_IN_FLIGHT = 100_000;

  /** Longer than any window: a retry would hide a loss. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** When a request is complete. */
  public enum Until {
    /** The first region has answered. */
    REPLY,
    /** The commit, stored in the second region's log, is read from that region's events topic. */
    ARRIVAL
  }

  private final Until until;
  private final Database.Schema farSchema;
  private final ReplicatingRegion near;
  private final ReplicatingRegion far;
  private final CommandClient client;
  private final CommandPlan plan;
  private final Arrivals arrivals;

  private TwoRegions(
      Until until,
      Database.Schema farSchema,
      ReplicatingRegion near,
      ReplicatingRegion far,
      CommandPlan plan,
      Arrivals arrivals) {
    this.until = until;
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

  /**
   * @param cut whether neither region can reach the other one's Kafka once its jobs are started
   */
  public static TwoRegions open(
      CellServers setting, Database.Schema schema, Path checkpoints, Until until, boolean cut)
      throws Exception {
    var farSchema = setting.database().newSchema(PeerLog.REGION);
    var near = ReplicatingRegion.create(Database.REGION, setting.broker(), schema);
    var far = ReplicatingRegion.create(PeerLog.REGION, setting.otherBroker(), farSchema);
    // The jobs ask the other region how many partitions its log has; the last cell may have cut.
    near.broker().link().heal();
    far.broker().link().heal();
    near.start(far, setting.options(), checkpoints.resolve(near.name()));
    far.start(near, setting.options(), checkpoints.resolve(far.name()));
    if (cut) {
      near.broker().link().cut();
      far.broker().link().cut();
    }
    return new TwoRegions(
        until,
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
    if (until == Until.ARRIVAL) {
      arrivals.expect(request);
    }
    var command = plan.nextForClient(request.commandId);
    var unused =
        client
            .send(command, ReplyLevel.COMMITTED)
            .whenComplete(
                (reply, problem) -> {
                  var accepted = problem == null && reply.status() == ReplyStatus.ACCEPTED;
                  if (until == Until.REPLY || !accepted) {
                    request.complete(accepted);
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
