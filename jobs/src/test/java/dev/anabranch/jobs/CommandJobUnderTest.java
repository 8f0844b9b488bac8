package dev.anabranch.jobs;

import dev.anabranch.jobs.checks.StartCheck;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.store.EventStoreFactory;
import java.util.function.UnaryOperator;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The real job, with room between its operator and the outside for a test to make it fail. */
public final class CommandJobUnderTest {

  private CommandJobUnderTest() {}

  /** What a test puts around the endpoints. */
  public record Wrappers(
      UnaryOperator<EventStoreFactory> store,
      UnaryOperator<Sink<LogRow>> events,
      UnaryOperator<Sink<CommandReply>> replies) {}

  /** What {@link CommandJob#main} does up to {@code execute}. */
  public static StreamExecutionEnvironment prepare(
      Configuration cluster, CommandJobOptions options, DomainLoader domain, Wrappers wrappers) {
    var env = new StreamExecutionEnvironment(cluster);
    var real = CommandEndpoints.of(options, StartCheck.run(options));
    var wrapped =
        new CommandEndpoints(
            real.commands(),
            real.inbound(),
            wrappers.store().apply(real.store()),
            real.published(),
            wrappers.events().apply(real.events()),
            wrappers.replies().apply(real.replies()),
            real.deadLetters());
    CommandJob.build(env, options, domain, wrapped);
    return env;
  }
}
