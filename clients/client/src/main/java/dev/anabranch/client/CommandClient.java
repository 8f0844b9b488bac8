package dev.anabranch.client;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.anabranch.api.AggregateType;
import dev.anabranch.client.CommandFailedException.Reason;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.Headers;
import dev.anabranch.wire.ReplyWire;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands to a region and completes a future for each with its reply.
 *
 * <p><b>Retries.</b> A command without a reply is sent again with the same id, after each attempt
 * timeout, until the attempts or the time are used up. The region gives one outcome per id, so this
 * is safe; the first reply counts, further ones are dropped. An error or a transient rejection is
 * no outcome: copies that were sent before it are not executed, a command that is sent after it is
 * decided again. What Kafka has not yet acknowledged is not sent a second time: its producer is
 * still trying.
 *
 * <p><b>Order.</b> Commands that are under way together may be handled in any order; wait for the
 * reply, or name the expected version, where it matters.
 *
 * <p><b>Bounds.</b> At most {@code maxInFlight} commands are under way; {@link #send} waits for a
 * place for up to the block timeout. Whatever their number, there are two threads, besides those of
 * Kafka's producer and of the executor.
 *
 * <p><b>Threads.</b> Safe for use by many. Futures complete on the executor, never on a thread that
 * reads replies or sends; what is chained to them delays other completions only.
 */
public final class CommandClient implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** How long to wait for the producer to find a broker again, or to have room. */
  private static final Duration REFUSED_BACKOFF = Duration.ofMillis(200);

  private static final String CLOSED = "the client was closed; send the command again with its id";

  private final ClientOptions options;
  private final String source;
  private final Correlation correlation = new Correlation(ThreadLocalRandom.current().nextLong());
  private final AtomicLong lastNumber = new AtomicLong();
  private final ClientCounters counters = new ClientCounters();
  private final Semaphore places;
  private final Map<Long, PendingCommand> underWay = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private final Completions completions;
  private final ScheduledThreadPoolExecutor timer;
  private final ReplyPoller replies;
  private final Producer<byte[], byte[]> producer;

  CommandClient(
      ClientOptions options,
      Completions completions,
      ReplyPoller replies,
      Producer<byte[], byte[]> producer) {
    this.options = options;
    this.source = "/anabranch/client/" + options.clientId();
    this.places = new Semaphore(options.maxInFlight());
    this.completions = completions;
    this.replies = replies;
    this.producer = producer;
    this.timer =
        new ScheduledThreadPoolExecutor(1, Completions.daemons(options.clientId() + "-timer"));
    this.timer.setRemoveOnCancelPolicy(true);
  }

  static CommandClient open(
      ClientOptions options, Duration startTimeout, @Nullable Executor executor) {
    var replies = ReplyPoller.open(options, startTimeout);
    Producer<byte[], byte[]> producer;
    try {
      producer = options.openProducer(startTimeout);
    } catch (RuntimeException e) {
      replies.close();
      throw e;
    }
    var completions =
        executor == null
            ? Completions.onThread(options.clientId() + "-completions")
            : Completions.on(executor);
    var client = new CommandClient(options, completions, replies, producer);
    replies.start(client::handle);
    return client;
  }

  public static CommandClientBuilder builder() {
    return new CommandClientBuilder();
  }

  /**
   * Sends a command object of a registered type, with a random command id, and awaits its outcome.
   */
  public <C> CompletableFuture<CommandReply> send(
      AggregateType<?, C, ?> type, String aggregateId, C command) {
    return send(Command.of(type, aggregateId, command), ReplyLevel.COMMITTED);
  }

  /**
   * Sends a command.
   *
   * @return completes with what the level says, or fails with a {@link CommandFailedException};
   *     cancelling it gives the command up, which may take effect nevertheless
   * @throws IllegalArgumentException if the command breaks a limit; the message names which
   */
  public <R> CompletableFuture<R> send(Command command, ReplyLevel<R> level) {
    var pending = pending(command, level);
    var problem = takePlace();
    if (problem != null) {
      counters.failed.increment();
      return CompletableFuture.failedFuture(
          failure(pending, closed ? Reason.CLOSED : Reason.TOO_MANY_IN_FLIGHT, problem, null));
    }
    underWay.put(pending.number, pending);
    counters.sent.increment();
    attempt(pending);
    if (closed) {
      // close() may have gone through the commands under way before this one was among them.
      fail(pending, Reason.CLOSED, CLOSED, null);
    }
    var result = pending.result.thenCompose(level::completed);
    var unused =
        result.whenComplete(
            (reply, failure) -> {
              if (result.isCancelled()) {
                remove(pending);
              }
            });
    return result;
  }

  public ClientMetrics metrics() {
    return counters.snapshot(underWay.size());
  }

  /** Fails what is under way, and returns when the threads have ended. */
  @Override
  public void close() {
    closed = true;
    for (var pending : underWay.values()) {
      fail(pending, Reason.CLOSED, CLOSED, null);
    }
    timer.shutdownNow();
    replies.close();
    producer.close(CLOSE_TIMEOUT);
    completions.close();
  }

  // -- Sending.

  private PendingCommand pending(Command command, ReplyLevel<?> level) {
    var number = lastNumber.incrementAndGet();
    var target =
        level == ReplyLevel.SENT
            ? ReplyTarget.DEFAULT
            : new ReplyTarget(
                options.replyTopic(), replies.partition(), correlation.encode(number));
    var message = CommandWire.encode(command.withReplyTo(target), command.contentType(), source);
    return new PendingCommand(
        number, command, level, KafkaMessages.toProducer(options.commandsTopic(), message));
  }

  /** Takes a place and returns null, or says why there is none. */
  private @Nullable String takePlace() {
    if (closed) {
      return "the client is closed";
    }
    try {
      if (places.tryAcquire(options.blockTimeout().toNanos(), NANOSECONDS)) {
        return null;
      }
      return options.maxInFlight()
          + " commands are under way and none ended within "
          + options.blockTimeout().toMillis()
          + " ms; send slower, or raise maxInFlight";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted while waiting for a place among the commands under way";
    }
  }

  private void attempt(PendingCommand pending) {
    if (pending.beginAttempt() > 1) {
      counters.retried.increment();
    }
    var caller = Thread.currentThread();
    var refused = new AtomicBoolean();
    try {
      var unused =
          producer.send(
              pending.kafka,
              (metadata, failure) -> {
                if (failure == null) {
                  acknowledged(pending, metadata);
                } else if (Thread.currentThread() == caller) {
                  refused.set(true);
                  refused(pending, failure);
                } else {
                  lost(pending, failure);
                }
              });
    } catch (RuntimeException e) {
      refused.set(true);
      refused(pending, e);
    }
    schedule(pending, refused.get() ? REFUSED_BACKOFF : options.attemptTimeout());
  }

  private void acknowledged(PendingCommand pending, RecordMetadata metadata) {
    pending.endAttempt(null);
    if (pending.level == ReplyLevel.SENT) {
      succeed(
          pending,
          new SourcePosition(
              metadata.topic(), metadata.partition(), metadata.offset(), metadata.timestamp()));
    }
  }

  /** The record did not even reach the producer's buffer: no broker is known, or it is full. */
  private void refused(PendingCommand pending, Exception failure) {
    pending.revokeAttempt(failure);
    if (!(failure instanceof RetriableException)) {
      // An earlier attempt may be in Kafka.
      var reason = pending.attempts() == 0 ? Reason.NOT_SENT : Reason.NOT_ACKNOWLEDGED;
      fail(pending, reason, notTaken(failure), failure);
    }
  }

  /**
   * The record may be in Kafka or not: even a refusal may answer the producer's own second try of
   * one that was written.
   */
  private void lost(PendingCommand pending, Exception failure) {
    pending.endAttempt(failure);
    if (!(failure instanceof RetriableException)) {
      fail(pending, Reason.NOT_ACKNOWLEDGED, notTaken(failure), failure);
    }
  }

  private String notTaken(Exception failure) {
    return "topic " + options.commandsTopic() + " did not take it: " + failure.getMessage();
  }

  // -- Time.

  private void schedule(PendingCommand pending, Duration delay) {
    var left = options.timeout().toNanos() - (System.nanoTime() - pending.startNanos);
    var nanos = Math.max(0, Math.min(left, delay.toNanos()));
    try {
      pending.timer(timer.schedule(() -> timeUp(pending), nanos, NANOSECONDS));
    } catch (RejectedExecutionException e) {
      fail(pending, Reason.CLOSED, CLOSED, null);
    }
  }

  private void timeUp(PendingCommand pending) {
    if (!underWay.containsKey(pending.number)) {
      return;
    }
    var elapsed = System.nanoTime() - pending.startNanos;
    if (elapsed >= options.timeout().toNanos()) {
      timedOut(pending, elapsed);
    } else if (pending.isUnacknowledged()) {
      schedule(pending, options.attemptTimeout());
    } else if (pending.attempts() < options.maxAttempts()) {
      attempt(pending);
    } else {
      timedOut(pending, elapsed);
    }
  }

  private void timedOut(PendingCommand pending, long elapsedNanos) {
    var after = "after " + TimeUnit.NANOSECONDS.toMillis(elapsedNanos) + " ms ";
    var failure = pending.lastFailure();
    if (pending.attempts() == 0 && failure != null) {
      fail(pending, Reason.NOT_SENT, after + notTaken(failure), failure);
      return;
    }
    var problem = pending.isUnacknowledged() ? "Kafka did not acknowledge it" : noReply();
    fail(
        pending,
        Reason.TIMED_OUT,
        after + "and " + pending.attempts() + " attempts " + problem,
        failure);
  }

  private String noReply() {
    var gone = replies.problem();
    return gone != null
        ? "no reply came, and none can: " + gone
        : "no reply came; is the command job running, and does it allow replies to topic "
            + options.replyTopic()
            + "?";
  }

  /** The partition of the reply topic that this client reads. */
  int replyPartition() {
    return replies.partition();
  }

  // -- Replies.

  private void handle(ConsumerRecord<byte[], byte[]> kafka) {
    var header = kafka.headers().lastHeader(Headers.CORRELATION_ID);
    var number = header == null ? null : correlation.decode(header.value());
    if (number == null) {
      return;
    }
    var pending = underWay.get(number);
    if (pending == null) {
      counters.lateReplies.increment();
      return;
    }
    try {
      succeed(pending, ReplyWire.decode(KafkaMessages.fromConsumer(kafka)));
    } catch (RuntimeException e) {
      fail(
          pending,
          Reason.UNREADABLE_REPLY,
          "its reply can't be read: " + e.getMessage() + "; is the region newer than this client?",
          e);
    }
  }

  // -- The end of a command; the first one counts.

  private void succeed(PendingCommand pending, Object result) {
    if (remove(pending)) {
      counters.replied.increment();
      completions.run(() -> pending.result.complete(result));
    }
  }

  private void fail(
      PendingCommand pending, Reason reason, String problem, @Nullable Throwable cause) {
    if (remove(pending)) {
      (reason == Reason.TIMED_OUT ? counters.timedOut : counters.failed).increment();
      var failure = failure(pending, reason, problem, cause);
      completions.run(() -> pending.result.completeExceptionally(failure));
    }
  }

  private boolean remove(PendingCommand pending) {
    if (!underWay.remove(pending.number, pending)) {
      return false;
    }
    pending.stopTimer();
    places.release();
    return true;
  }

  private static CommandFailedException failure(
      PendingCommand pending, Reason reason, String problem, @Nullable Throwable cause) {
    var command = pending.command;
    return new CommandFailedException(
        reason,
        command.commandId(),
        "command " + command.commandId() + " for " + command.aggregate() + ": " + problem,
        cause);
  }
}
