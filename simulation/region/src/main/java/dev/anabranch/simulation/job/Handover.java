package dev.anabranch.simulation.job;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Finds again, behind the serialization of a factory, what was put down in front of it. */
final class Handover {

  private static final Map<Long, OperatorInTask.Parts> PARTS = new ConcurrentHashMap<>();
  private static final AtomicLong IDS = new AtomicLong();

  private Handover() {}

  static long put(OperatorInTask.Parts parts) {
    var id = IDS.incrementAndGet();
    PARTS.put(id, parts);
    return id;
  }

  static OperatorInTask.Parts get(long id) {
    var parts = PARTS.get(id);
    if (parts == null) {
      throw new IllegalStateException("nothing was handed over under " + id);
    }
    return parts;
  }

  static void remove(long id) {
    PARTS.remove(id);
  }
}
