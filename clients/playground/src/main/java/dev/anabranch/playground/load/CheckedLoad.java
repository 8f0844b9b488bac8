package dev.anabranch.playground.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.cli.send.Pacer;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands at a rate, through whatever happens to the job meanwhile, and checks every answer.
 *
 * <p><b>Bounds.</b> As many commands are under way as the client allows; it remembers one small
 * record for each command.
 *
 * <p><b>Threads.</b> One sends; answers come on others.
 */
public final class CheckedLoad implements AutoCloseable {

  private static final String CONTENT_TYPE = "application/json";
  private static final int WRONG_SHOWN = 10;
  private static final long MAX_LATENCY_MICROS = TimeUnit.MINUTES.toMicros(30);

  private final CommandClient client;
  private final Dialect dialect;
  private final String prefix;
  private final Steps steps;
  private final Pacer pacer;
  private final Thread thread;
  private final Phaser underWay = new Phaser(1);
  private final List<AnswerCheck> checks = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Histogram latencies = new Histogram(MAX_LATENCY_MICROS, 3);
  private final long startNanos = System.nanoTime();
  private volatile boolean stopping;
  private long sent;
  private long accepted;
  private long rejected;
  private long repeated;
  private long versionConflicts;
  private long unanswered;
  private long lastAnswerNanos = startNanos;
  private long longestPauseNanos;
  private long pauseStartNanos = startNanos;

  /**
   * @param seed another one makes other aggregates
   * @param rate commands a second
   */
  public CheckedLoad(CommandClient client, Dialect dialect, long seed, int rate) {
    this.client = client;
    this.dialect = dialect;
    this.prefix = "load-" + Long.toString(seed, Character.MAX_RADIX) + "-";
    this.steps = new Steps(seed);
    this.pacer = new Pacer(rate);
    this.thread = new Thread(this::send, "checked-load");
    thread.setDaemon(true);
    for (var i = 0; i < Steps.ACCOUNTS; i++) {
      checks.add(new AnswerCheck(dialect.aggregateType() + "/" + prefix + i));
    }
  }

  public void start() {
    thread.start();
  }

  /** Answers so far. */
  public synchronized long answered() {
    return accepted + rejected;
  }

  /** Sends no more, waits for all answers, and judges them. */
  public LoadReport stop() throws InterruptedException {
    stopping = true;
    thread.join();
    underWay.arriveAndAwaitAdvance();
    return report();
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    client.close();
    thread.join();
  }

  private void send() {
    while (!stopping) {
      pacer.await();
      var step = steps.next();
      var sentNanos = System.nanoTime();
      underWay.register();
      synchronized (this) {
        sent++;
      }
      var unused =
          client
              .send(command(step), ReplyLevel.COMMITTED)
              .whenComplete(
                  (reply, failure) -> {
                    try {
                      ended(step, reply, failure, sentNanos);
                    } finally {
                      underWay.arriveAndDeregister();
                    }
                  });
    }
  }

  private Command command(Step step) {
    var message =
        step.change() == 0
            ? dialect.opening()
            : step.change() > 0 ? dialect.adding(step.change()) : dialect.taking(-step.change());
    var key = new AggregateKey(dialect.aggregateType(), prefix + step.account());
    return Command.of(key, message, CONTENT_TYPE).withCommandId(prefix + step.number());
  }

  private synchronized void ended(
      Step step, @Nullable CommandReply reply, @Nullable Throwable failure, long sentNanos) {
    var check = checks.get(step.account());
    if (reply == null) {
      unanswered++;
      failures.add(String.valueOf(failure));
      check.unanswered();
      return;
    }
    timed(sentNanos);
    count(reply);
    check.answered(
        step,
        new Answer(
            reply.status(),
            reply.body().code(),
            reply.body().version(),
            total(reply.body().result())));
  }

  private void timed(long sentNanos) {
    var now = System.nanoTime();
    var micros = TimeUnit.NANOSECONDS.toMicros(now - sentNanos);
    latencies.recordValue(Math.min(micros, MAX_LATENCY_MICROS));
    // The first answer waits for the client's own start.
    if (latencies.getTotalCount() > 1 && now - lastAnswerNanos > longestPauseNanos) {
      longestPauseNanos = now - lastAnswerNanos;
      pauseStartNanos = lastAnswerNanos;
    }
    lastAnswerNanos = now;
  }

  private void count(CommandReply reply) {
    if (reply.repeated()) {
      repeated++;
    }
    if (reply.status() == ReplyStatus.ACCEPTED) {
      accepted++;
    } else {
      rejected++;
    }
    if (reply.body().code().equals("version-conflict")) {
      versionConflicts++;
    }
  }

  private long total(byte[] result) {
    return Payload.json(result)
        .map(json -> json.path(dialect.totalField()))
        .filter(JsonNode::isNumber)
        .map(JsonNode::longValue)
        .orElse(-1L);
  }

  private synchronized LoadReport report() {
    var wrong = new ArrayList<>(failures);
    checks.forEach(check -> wrong.addAll(check.problems()));
    return new LoadReport(
        sent,
        accepted,
        rejected,
        repeated,
        versionConflicts,
        unanswered,
        wrong.size(),
        wrong.subList(0, Math.min(WRONG_SHOWN, wrong.size())),
        Duration.ofNanos(longestPauseNanos),
        Duration.ofNanos(pauseStartNanos - startNanos),
        latencies.getValueAtPercentile(50),
        latencies.getValueAtPercentile(99),
        Duration.ofNanos(System.nanoTime() - startNanos));
  }
}
