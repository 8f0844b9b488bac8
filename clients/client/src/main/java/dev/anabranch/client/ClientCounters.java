package dev.anabranch.client;

import java.util.concurrent.atomic.LongAdder;

/** The counts behind {@link ClientMetrics}. */
final class ClientCounters {
  final LongAdder sent = new LongAdder();
  final LongAdder replied = new LongAdder();
  final LongAdder retried = new LongAdder();
  final LongAdder timedOut = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder lateReplies = new LongAdder();

  ClientMetrics snapshot(int inFlight) {
    return new ClientMetrics(
        sent.sum(),
        replied.sum(),
        retried.sum(),
        timedOut.sum(),
        failed.sum(),
        lateReplies.sum(),
        inFlight);
  }
}
