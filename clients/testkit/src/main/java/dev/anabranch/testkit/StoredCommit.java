package dev.anabranch.testkit;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.List;

/**
 * The events of one commit as they are stored.
 *
 * @param at of the first event
 */
record StoredCommit(EventContext at, List<EncodedMessage> events) {

  private static final RegionId REGION = new RegionId("test");

  StoredCommit {
    events = List.copyOf(events);
  }

  /** The commit that follows a history of one region. */
  static StoredCommit next(List<StoredCommit> history, List<EncodedMessage> events) {
    var n = history.size() + 1L;
    var at =
        EventContext.of(
            new Dot(REGION, n), VectorTime.ZERO.with(REGION, n - 1), HybridLogicalClock.of(n, 0));
    return new StoredCommit(at, events);
  }
}
