package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.AggregateDraw;
import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.CommandKey;
import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.load.Request;
import dev.anabranch.benchmarks.load.Target;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.FlinkJob;
import dev.anabranch.benchmarks.server.PeerLog;
import dev.anabranch.operators.command.CommandOperator;
import dev.anabranch.operators.command.CommandOperatorFactory;
import dev.anabranch.operators.command.CommandOperatorOptions;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.serde.CommandRecordTypeInfo;
import dev.anabranch.serde.LogRowTypeInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The command job without Kafka: the same operator, state and store, commands from this JVM. */
public final class InProcessJob implements Target {

  private static final int MAX_COMMIT_BYTES = 921_600;
  private static final int MAX_BATCH_BYTES = 4 << 20;
  private static final int MAX_PENDING = 1_024;
  private static final long MAX_PENDING_BYTES = 64L << 20;
  private static final int COMMAND_WINDOW = 16;

  private final int channel = InProcess.open();
  private final InProcess commands = InProcess.get(channel);
  private final CommandPlan plan;
  private final FlinkJob job;

  /** Who may change the aggregates. */
  public enum Writers {
    /** This region alone. */
    ONE_REGION,
    /** Every region; the other one is silent. */
    TWO_REGIONS;

    private RegionMap regions() {
      return this == ONE_REGION
          ? RegionMap.of(Database.REGION)
          : new RegionMap(
              List.of(Database.REGION, PeerLog.REGION), Database.REGION, new TreeMap<>(Map.of()));
    }

    private DomainLoader domain() {
      return this == ONE_REGION ? BenchmarkDomain.loader() : BenchmarkDomain.replicatedLoader();
    }
  }

  /**
   * @param seed of the command ids, which must be new to the region
   */
  public InProcessJob(
      LoadOptions options,
      Writers writers,
      AggregateDraw draw,
      long seed,
      Database.Schema schema,
      Path checkpoints)
      throws Exception {
    plan = new CommandPlan(options, draw, seed);
    var env = FlinkJob.environment(options, checkpoints);
    var rows =
        env.fromSource(
                new InProcessSource(channel),
                WatermarkStrategy.noWatermarks(),
                "commands of this JVM",
                CommandRecordTypeInfo.INSTANCE)
            .keyBy(new CommandKey(), Types.STRING)
            .transform(
                "commands",
                LogRowTypeInfo.INSTANCE,
                new CommandOperatorFactory(
                    operatorOptions(options, writers.regions()), writers.domain(), schema.store()));
    rows.sinkTo(new DiscardingSink<>());
    rows.getSideOutput(CommandOperator.REPLIES).sinkTo(new InProcessSinks.Replies(channel));
    rows.getSideOutput(CommandOperator.DEAD_LETTERS)
        .sinkTo(new InProcessSinks.DeadLetters(channel));
    job = FlinkJob.start(env, "in-process");
  }

  static CommandOperatorOptions operatorOptions(LoadOptions options, RegionMap regions) {
    return new CommandOperatorOptions(
            Database.REGION,
            regions,
            options.shards,
            new CommandOperatorOptions.Batching(
                options.lanesPerSubtask(),
                options.batch,
                MAX_BATCH_BYTES,
                MAX_PENDING,
                MAX_PENDING_BYTES),
            MAX_COMMIT_BYTES,
            options.cache,
            COMMAND_WINDOW,
            Duration.ofSeconds(10))
        .withMaxCachedBytes(Long.MAX_VALUE);
  }

  @Override
  public Request next() {
    return new Request(null, plan.nextCommandId());
  }

  @Override
  public void submit(Request request) {
    commands.send(request, plan.next(request.commandId));
  }

  @Override
  public void requireAlive() {
    job.requireAlive();
    if (commands.deadLetters() > 0) {
      throw new IncorrectException(commands.deadLetters() + " commands became dead letters");
    }
  }

  @Override
  public void close() throws Exception {
    job.close();
    InProcess.close(channel);
  }
}
