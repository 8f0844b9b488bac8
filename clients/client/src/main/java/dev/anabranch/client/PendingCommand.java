package dev.anabranch.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A command under way: its record, its future, and its attempts.
 *
 * <p><b>Threads.</b> Any; the attempts are guarded by the object.
 */
final class PendingCommand {

  final long number;
  final Command command;
  final ReplyLevel<?> level;
  final ProducerRecord<byte[], byte[]> kafka;
  final CompletableFuture<Object> result = new CompletableFuture<>();
  final long startNanos = System.nanoTime();

  private int attempts;
  private boolean unacknowledged;
  private @Nullable Exception lastFailure;
  private @Nullable Future<?> timer;
  private boolean over;

  PendingCommand(
      long number, Command command, ReplyLevel<?> level, ProducerRecord<byte[], byte[]> kafka) {
    this.number = number;
    this.command = command;
    this.level = level;
    this.kafka = kafka;
  }

  synchronized int attempts() {
    return attempts;
  }

  /** Returns how many there are with this one. */
  synchronized int beginAttempt() {
    unacknowledged = true;
    return ++attempts;
  }

  /** Kafka has the attempt's record, or gave it up. */
  synchronized void endAttempt(@Nullable Exception failure) {
    unacknowledged = false;
    lastFailure = failure;
  }

  /** The attempt's record did not even reach the producer's buffer: it does not count. */
  synchronized void revokeAttempt(Exception failure) {
    endAttempt(failure);
    attempts--;
  }

  synchronized @Nullable Exception lastFailure() {
    return lastFailure;
  }

  /** Whether the producer is still trying to deliver the last attempt's record. */
  synchronized boolean isUnacknowledged() {
    return unacknowledged;
  }

  synchronized void timer(Future<?> next) {
    timer = next;
    if (over) {
      next.cancel(false);
    }
  }

  synchronized void stopTimer() {
    over = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
