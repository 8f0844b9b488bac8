package dev.anabranch.gate;

import dev.anabranch.causality.Dot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port: what the gate keeps of one aggregate besides the applied vector, as many small entries: the
 * hollow dots, and an index of what it holds. The payloads are the caller's, by dot.
 *
 * <p><b>Bounds.</b> The caller counts and spills; nothing that is held may be dropped.
 */
public interface GateEntries {

  /** Whether only the tombstone of this dot was applied. */
  boolean isHollow(Dot dot);

  void addHollow(Dot dot);

  void removeHollow(Dot dot);

  /** The held commit with this dot. */
  @Nullable Arrival held(Dot dot);

  /**
   * Parks a commit under one dot that it waits for, or replaces what is held under its own dot,
   * wherever that was parked.
   */
  void park(Dot waitsFor, Arrival arrival);

  /** Removes and returns those parked under the dot, in any order. */
  List<Arrival> takeWaitingFor(Dot dot);
}
