package dev.anabranch.cli.send;

import dev.anabranch.client.Command;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands and counts what becomes of them.
 *
 * <p><b>Threads.</b> One sends; answers come on others.
 */
public final class SendRun {

  private static final long MAX_LATENCY_MICROS = TimeUnit.MINUTES.toMicros(30);

  private final Sender sender;
  private final Listener listener;
  private final long start = System.nanoTime();
  private final Phaser underWay = new Phaser(1);
  private final LongAdder sent = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final Map<ReplyStatus, LongAdder> replies = new ConcurrentHashMap<>();
  private final LongAdder failures = new LongAdder();
  private final LongAdder badLines = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final Map<String, LongAdder> rejections = new ConcurrentHashMap<>();
  private final Histogram latencies = new ConcurrentHistogram(MAX_LATENCY_MICROS, 3);

  /** Is told of each answer, by several threads. */
  public interface Listener {
    Listener NONE = new Listener() {};

    /**
     * An answer came.
     *
     * @param sentNanos when the command was sent, by {@link System#nanoTime}
     */
    default void replied(Command command, CommandReply reply, long sentNanos) {}

    /**
     * The command was rejected, as {@link #replied} tells, too.
     *
     * @param where names the command: its line, or its aggregate and id
     */
    default void rejected(String where, CommandReply reply) {}

    /**
     * It was no command, was answered with an error, or not at all.
     *
     * @param where names the command: its line, or its aggregate and id
     * @param unanswered the command, if its outcome is not known
     */
    default void failed(String where, String problem, @Nullable Command unanswered) {}
  }

  public SendRun(Sender sender, Listener listener) {
    this.sender = sender;
    this.listener = listener;
  }

  /** Sends one line of a file; one that is no text is counted and named. */
  public void line(Utf8Lines.Line line) {
    var problem = line.problem();
    if (problem == null) {
      line(line.number(), line.text());
    } else {
      badLines.increment();
      listener.failed("line " + line.number(), problem, null);
    }
  }

  /** Sends one line of a file; one that is no command is counted and named. */
  public void line(long number, String line) {
    if (line.isBlank()) {
      return;
    }
    Command command;
    try {
      command = JsonCommand.parse(line);
    } catch (IllegalArgumentException e) {
      badLines.increment();
      listener.failed("line " + number, String.valueOf(e.getMessage()), null);
      return;
    }
    send("line " + number, command);
  }

  public void command(Command command) {
    send(command.aggregate() + " " + command.commandId(), command);
  }

  /** Returns when every command so far has an answer, or was given up by the sender. */
  public SendSummary await() {
    underWay.arriveAndAwaitAdvance();
    return summary();
  }

  /** The summary as far as it is known now. */
  public SendSummary summary() {
    var byCode = new TreeMap<String, Long>();
    rejections.forEach((code, count) -> byCode.put(code, count.sum()));
    return new SendSummary(
        sent.sum(),
        acknowledged.sum(),
        of(ReplyStatus.ACCEPTED),
        of(ReplyStatus.REJECTED),
        of(ReplyStatus.UNCHANGED),
        of(ReplyStatus.ERROR) + failures.sum(),
        badLines.sum(),
        repeated.sum(),
        byCode,
        latencies.getValueAtPercentile(50),
        latencies.getValueAtPercentile(99),
        latencies.getMaxValue(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  private void send(String where, Command command) {
    underWay.register();
    var sentAt = System.nanoTime();
    sent.increment();
    try {
      var unused =
          sender
              .send(command)
              .whenComplete(
                  (reply, failure) -> {
                    try {
                      answered(where, command, reply, failure, sentAt);
                    } finally {
                      underWay.arriveAndDeregister();
                    }
                  });
    } catch (IllegalArgumentException e) {
      // A limit that only the wire format knows.
      sent.decrement();
      badLines.increment();
      listener.failed(where, String.valueOf(e.getMessage()), null);
      underWay.arriveAndDeregister();
    }
  }

  private void answered(
      String where,
      Command command,
      Optional<CommandReply> reply,
      @Nullable Throwable failure,
      long sentAt) {
    if (failure != null) {
      failures.increment();
      var cause = failure.getCause() != null ? failure.getCause() : failure;
      var told = failure instanceof CompletionException ? cause : failure;
      listener.failed(where, String.valueOf(told.getMessage()), command);
      return;
    }
    var micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sentAt);
    latencies.recordValue(Math.min(micros, MAX_LATENCY_MICROS));
    reply.ifPresentOrElse(answer -> count(where, command, answer, sentAt), acknowledged::increment);
  }

  private void count(String where, Command command, CommandReply reply, long sentAt) {
    replies.computeIfAbsent(reply.status(), status -> new LongAdder()).increment();
    if (reply.repeated()) {
      repeated.increment();
    }
    if (reply.status() == ReplyStatus.REJECTED) {
      rejections.computeIfAbsent(reply.body().code(), code -> new LongAdder()).increment();
      listener.rejected(where, reply);
    }
    if (reply.status() == ReplyStatus.ERROR) {
      listener.failed(where, reply.body().code() + ": " + reply.body().message(), null);
    }
    listener.replied(command, reply, sentAt);
  }

  private long of(ReplyStatus status) {
    var count = replies.get(status);
    return count == null ? 0 : count.sum();
  }
}
