package dev.anabranch.connectors.kafka.source;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Whether a reader has something to do, for a reason of its own or of the reader that it wraps.
 *
 * <p><b>Bounds.</b> One future hangs on each of the wrapped reader's, however often it is asked.
 *
 * <p><b>Threads.</b> {@link #wake} any, the others the task's.
 */
final class Wakeable {

  private static final CompletableFuture<Void> AVAILABLE = CompletableFuture.completedFuture(null);

  private @Nullable CompletableFuture<Void> asked;
  private volatile CompletableFuture<Void> answer = new CompletableFuture<>();
  private volatile boolean woken;

  void wake() {
    woken = true;
    answer.complete(null);
  }

  /** Whether {@link #wake} was called since this was asked last. */
  boolean takeWoken() {
    if (!woken) {
      return false;
    }
    woken = false;
    return true;
  }

  CompletableFuture<Void> or(CompletableFuture<Void> wrapped) {
    if (woken || wrapped.isDone()) {
      return AVAILABLE;
    }
    if (asked != wrapped || answer.isDone()) {
      var next = new CompletableFuture<Void>();
      asked = wrapped;
      answer = next;
      var unused = wrapped.thenRun(() -> next.complete(null));
    }
    // After the answer is in its place: whoever wakes completes it, or is seen here.
    return woken ? AVAILABLE : answer;
  }
}
