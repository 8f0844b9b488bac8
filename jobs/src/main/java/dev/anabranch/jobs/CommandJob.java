package dev.anabranch.jobs;

import dev.anabranch.jobs.checks.StartCheck;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.FlinkSettings;
import dev.anabranch.jobs.options.OptionsReference;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.CommandOperator;
import dev.anabranch.operators.command.CommandOperatorFactory;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.serde.LogRowTypeInfo;
import java.util.Arrays;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The write side of one region: commands from Kafka, decided on keyed state, appended to the event
 * store, published and answered.
 *
 * <p>{@code CommandJob --config command.yaml [--key value ...]}; the options are those of {@link
 * CommandJobOptions}.
 */
public final class CommandJob {

  private CommandJob() {}

  public static void main(String[] args) throws Exception {
    if (Arrays.asList(args).contains("--help")) {
      System.out.println(OptionsReference.text());
      return;
    }
    var options = CommandJobOptions.fromArgs(args);
    var env = StreamExecutionEnvironment.getExecutionEnvironment();

    prepare(env, options, DomainLoader.services());
    env.execute(nameOf(options));
  }

  /** Checks everything that the job needs, then builds it. */
  public static void prepare(
      StreamExecutionEnvironment env, CommandJobOptions options, DomainLoader domain) {
    // What a task would find out much later, and again at each restart.
    domain.load(Thread.currentThread().getContextClassLoader());
    build(env, options, domain, CommandEndpoints.of(options, StartCheck.run(options)));
  }

  /** The whole dataflow, top to bottom. */
  static void build(
      StreamExecutionEnvironment env,
      CommandJobOptions options,
      DomainLoader domain,
      CommandEndpoints endpoints) {
    FlinkSettings.apply(env, options);

    var commands =
        env.fromSource(endpoints.commands(), WatermarkStrategy.noWatermarks(), "command source")
            .uid(Uids.COMMAND_SOURCE)
            .keyBy(new RoutingKey(), Types.STRING);
    var isUnaligned = env.getCheckpointConfig().isUnalignedCheckpointsEnabled();
    var settings = options.operator().mayHoldInFlight(isUnaligned);
    var operator =
        new CommandOperatorFactory(settings, domain, endpoints.store(), endpoints.published());
    var rows =
        endpoints
            .inbound()
            .map(source -> commands.connect(inbound(env, source)))
            .map(both -> both.transform("commands", LogRowTypeInfo.INSTANCE, operator))
            .orElseGet(() -> commands.transform("commands", LogRowTypeInfo.INSTANCE, operator))
            .uid(Uids.COMMANDS);

    // Chained, all three: an exchange could reorder a shard's rows when the job is rescaled.
    rows.sinkTo(endpoints.events()).name("events").uid(Uids.EVENTS);
    rows.getSideOutput(CommandOperator.REPLIES)
        .sinkTo(endpoints.replies())
        .name("replies")
        .uid(Uids.REPLIES);
    rows.getSideOutput(CommandOperator.DEAD_LETTERS)
        .sinkTo(endpoints.deadLetters())
        .name("dead letters")
        .uid(Uids.DEAD_LETTERS);
  }

  /** The commits of other regions, as the cross-region job releases them. */
  private static KeyedStream<CommandRecord, String> inbound(
      StreamExecutionEnvironment env, Source<CommandRecord, ?, ?> source) {
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "inbound source")
        .uid(Uids.INBOUND_SOURCE)
        .keyBy(new RoutingKey(), Types.STRING);
  }

  /** What the cluster calls the job. */
  public static String nameOf(CommandJobOptions options) {
    return "commands-" + options.region().name();
  }
}
