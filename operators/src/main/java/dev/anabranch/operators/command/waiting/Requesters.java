package dev.anabranch.operators.command.waiting;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for one outcome: the record that it was decided for, and repeats that came meanwhile.
 * Bounded, since each counts as pending in its lane.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class Requesters {

  private final @Nullable Incoming first;
  private List<Incoming> repeats = List.of();

  /**
   * @param first null: the outcome is another region's commit, which nobody here asked for
   */
  public Requesters(@Nullable Incoming first) {
    this.first = first;
  }

  @Nullable
  public Incoming first() {
    return first;
  }

  public List<Incoming> repeats() {
    return repeats;
  }

  /** Takes a repeat that is to have the same answer; false: its requester waits for it already. */
  public boolean add(Incoming repeat) {
    var requester = requesterOf(repeat);
    if (first != null && requester.equals(requesterOf(first))) {
      return false;
    }
    for (var earlier : repeats) {
      if (requester.equals(requesterOf(earlier))) {
        return false;
      }
    }
    if (repeats.isEmpty()) {
      repeats = new ArrayList<>(2);
    }
    repeats.add(repeat);
    return true;
  }

  /** Every record among them, the first one in front. */
  public List<Incoming> all() {
    if (first == null) {
      return repeats;
    }
    if (repeats.isEmpty()) {
      return List.of(first);
    }
    var all = new ArrayList<Incoming>(repeats.size() + 1);
    all.add(first);
    all.addAll(repeats);
    return all;
  }

  private static Requester requesterOf(Incoming in) {
    return Requester.of(in.record(), in.command());
  }
}
