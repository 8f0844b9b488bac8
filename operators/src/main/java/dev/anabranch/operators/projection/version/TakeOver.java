package dev.anabranch.operators.projection.version;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * When a version that another job fills is taken back: when there is something to take, and none of
 * its shards that have it has moved for a while. So a job that was started beside another one, and
 * ended, leaves nothing unfilled; and two that both fill a version don't take it from each other.
 *
 * <p><b>Threads.</b> One.
 */
public final class TakeOver {

  private final long patienceNanos;
  private final Map<Integer, Long> last = new HashMap<>();
  private long movedNanos;

  public TakeOver(Duration patience, long nowNanos) {
    this.patienceNanos = patience.toNanos();
    this.movedNanos = nowNanos;
  }

  /**
   * @param positions next offset by shard, as the version stands
   * @param ends next offset by shard of what it follows
   */
  public boolean isDue(Map<Integer, Long> positions, Map<Integer, Long> ends, long nowNanos) {
    var waits = false;
    var moved = false;
    for (var position : positions.entrySet()) {
      var behind = position.getValue() < ends.getOrDefault(position.getKey(), 0L);
      waits |= behind;
      var before = last.put(position.getKey(), position.getValue());
      moved |= before != null && !before.equals(position.getValue());
    }
    if (moved || !waits) {
      movedNanos = nowNanos;
    }
    return nowNanos - movedNanos >= patienceNanos;
  }
}
