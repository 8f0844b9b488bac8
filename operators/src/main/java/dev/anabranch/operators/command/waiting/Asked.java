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
public final class Asked {

  private final @Nullable Incoming first;
  private List<Incoming> repeats = List.of();

  /**
   * @param first null: the outcome is another region's commit, which nobody here asked for
   */
  public Asked(@Nullable Incoming first) {
    this.first = first;
  }

  @Nullable
  public Incoming first() {
    return first;
  }

  public List<Incoming> repeats() {
    return repeats;
  }

  /** Takes a repeat that is to have the same answer; false: its asker waits for it already. */
  public boolean add(Incoming repeat) {
    var asker = askerOf(repeat);
    if (first != null && asker.equals(askerOf(first))) {
      return false;
    }
    for (var earlier : repeats) {
      if (asker.equals(askerOf(earlier))) {
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

  private static Asker askerOf(Incoming in) {
    return Asker.of(in.record(), in.command());
  }
}
