package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.ReplicaHead;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Aggregates with a history of several slices that has come: they are merged slice by slice, one
 * aggregate after the other. Between two slices the task does other work for as long as the slice
 * took, so that records and checkpoints wait for one slice only.
 *
 * <p><b>Bounds.</b> Those that are being read; their slices are on disk.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class Fills {

  private static final long MAX_REST_MILLIS = 100;

  private final Consumer<AggregateKey> enter;
  private final LongConsumer goOnInMillis;
  private final LongSupplier nowMicros;
  private final Finished finished;
  private final Deque<ReplicaRebuild> queue = new ArrayDeque<>();
  private boolean isResting;

  /** Gets what is kept of an aggregate after its last slice; it is the current key. */
  interface Finished {
    void accept(ReplicaRebuild done, ReplicaHead head);
  }

  /**
   * @param enter makes an aggregate the current key
   * @param goOnInMillis calls {@link #rested} after so long
   */
  Fills(
      Consumer<AggregateKey> enter,
      LongConsumer goOnInMillis,
      LongSupplier nowMicros,
      Finished finished) {
    this.enter = enter;
    this.goOnInMillis = goOnInMillis;
    this.nowMicros = nowMicros;
    this.finished = finished;
  }

  void add(ReplicaRebuild rebuild) {
    queue.add(rebuild);
    rest(1);
  }

  /** Call it when the time has come. */
  void rested() {
    isResting = false;
    var unused = goOn();
  }

  /** Does one slice, also before the time has come; false: there is none. */
  boolean goOn() {
    var next = queue.peek();
    if (next == null) {
      return false;
    }
    var beganMicros = nowMicros.getAsLong();
    enter.accept(next.key());
    var head = next.step();
    if (head != null) {
      queue.remove();
      finished.accept(next, head);
    }
    if (!queue.isEmpty()) {
      var tookMillis = (nowMicros.getAsLong() - beganMicros) / 1_000;
      rest(Math.max(1, Math.min(tookMillis, MAX_REST_MILLIS)));
    }
    return true;
  }

  private void rest(long millis) {
    if (!isResting) {
      isResting = true;
      goOnInMillis.accept(millis);
    }
  }
}
