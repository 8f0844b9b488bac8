package dev.anabranch.cli.send;

import java.time.Duration;
import java.util.Map;

/**
 * What became of the commands.
 *
 * @param sent given to Kafka
 * @param acknowledged answered by Kafka only, as nobody asked for their outcome
 * @param rejectionsByCode the rejected ones by reason
 * @param errors answered with an error, or not at all
 * @param badLines that were no command, and not sent
 * @param repeated those among the outcomes that the commands had already
 * @param p50Micros latency from sending to the answer, as p99 and max; 0: none came
 */
public record SendSummary(
    long sent,
    long acknowledged,
    long accepted,
    long rejected,
    long unchanged,
    long errors,
    long badLines,
    long repeated,
    Map<String, Long> rejectionsByCode,
    long p50Micros,
    long p99Micros,
    long maxMicros,
    Duration duration) {

  public double perSecond() {
    return sent / Math.max(1e-9, duration.toNanos() / 1e9);
  }

  /** Whether every line was a command and every command has an outcome. */
  public boolean isComplete() {
    return errors == 0 && badLines == 0;
  }
}
