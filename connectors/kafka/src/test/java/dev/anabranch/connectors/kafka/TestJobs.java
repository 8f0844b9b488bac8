package dev.anabranch.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Jobs on a cluster inside this JVM, configured as ours are. */
public final class TestJobs {

  private TestJobs() {}

  static StreamExecutionEnvironment environment(Path checkpoints, int restarts) {
    return environment(checkpoints, restarts, Duration.ofMillis(200));
  }

  public static StreamExecutionEnvironment environment(
      Path checkpoints, int restarts, Duration interval) {
    var configuration = new Configuration();
    configuration.setString("pipeline.generic-types", "false");
    configuration.setString("execution.checkpointing.interval", interval.toMillis() + "ms");
    configuration.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
    configuration.setString("restart-strategy.type", restarts == 0 ? "none" : "fixed-delay");
    configuration.setString("restart-strategy.fixed-delay.attempts", Integer.toString(restarts));
    configuration.setString("restart-strategy.fixed-delay.delay", "100ms");
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(2);
    return env;
  }

  /** A job under test; closing it cancels it. */
  public record Running(JobClient client) implements AutoCloseable {
    public static Running start(StreamExecutionEnvironment env) throws Exception {
      return new Running(env.executeAsync());
    }

    /** Fails if the job does not run; with no restarts allowed, it never failed then. */
    public void assertRuns() {
      assertThat(client.getJobStatus())
          .succeedsWithin(Duration.ofSeconds(30))
          .isEqualTo(JobStatus.RUNNING);
    }

    @Override
    public void close() throws Exception {
      client.cancel().get(30, TimeUnit.SECONDS);
    }
  }
}
