package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.gate.Arrival;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This index of a gate says which commits it holds, by what each waits for, and which dots are
 * hollow. Every commit asks what waits for it: so the index is on the heap, and the keyed state
 * need not be searched.
 *
 * <p><b>Bounds.</b> Two dots for each commit that is held, which take less than its record; all
 * records together are bounded by {@code HeldAggregates}. Beside them {@value #MAX_KEPT} arrivals
 * and as many hollow dots; of more the keyed state is asked, each by its name.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class GateIndex {

  static final int MAX_KEPT = 16;

  private final Map<Dot, List<Dot>> waiting = new HashMap<>();
  private final Map<Dot, Dot> waitsFor = new HashMap<>();
  private final Map<Dot, Arrival> arrivals = new HashMap<>();

  /** All of them; null if there were too many once. */
  private @Nullable Set<Dot> hollow = new HashSet<>();

  boolean isEmpty() {
    return waitsFor.isEmpty();
  }

  void add(Dot cause, Arrival arrival) {
    add(cause, arrival.dot());
    if (hasRoomForArrival()) {
      arrivals.put(arrival.dot(), arrival);
    }
  }

  /** Adds a commit of whose arrival the keyed state is asked. */
  void add(Dot cause, Dot held) {
    waitsFor.put(held, cause);
    var others = waiting.get(cause);
    if (others == null) {
      waiting.put(cause, List.of(held));
      return;
    }
    // Few wait for the same commit: each waits for the one before it first.
    var all = new ArrayList<>(others);
    all.add(held);
    waiting.put(cause, List.copyOf(all));
  }

  boolean hasRoomForArrival() {
    return arrivals.size() < MAX_KEPT;
  }

  /** What a commit waits for; null if it is not held. */
  @Nullable Dot waitsFor(Dot held) {
    return waitsFor.get(held);
  }

  /** The commits that wait for this one. */
  List<Dot> waitingFor(Dot cause) {
    var dots = waiting.get(cause);
    return dots == null ? List.of() : dots;
  }

  /** The arrival of a commit; null if the keyed state has to be asked. */
  @Nullable Arrival arrival(Dot held) {
    return arrivals.get(held);
  }

  void remove(Dot held) {
    var cause = waitsFor.remove(held);
    arrivals.remove(held);
    var others = cause == null ? null : waiting.remove(cause);
    if (cause == null || others == null) {
      return;
    }
    var rest = new ArrayList<>(others);
    rest.remove(held);
    if (!rest.isEmpty()) {
      waiting.put(cause, List.copyOf(rest));
    }
  }

  void removeAll() {
    waiting.clear();
    waitsFor.clear();
    arrivals.clear();
  }

  void addHollow(Dot dot) {
    var all = hollow;
    if (all != null) {
      all.add(dot);
      hollow = all.size() > MAX_KEPT ? null : all;
    }
  }

  void removeHollow(Dot dot) {
    var all = hollow;
    if (all != null) {
      all.remove(dot);
    }
  }

  /** All hollow dots; null if there are too many, and the keyed state has to be asked. */
  @Nullable Set<Dot> hollow() {
    return hollow;
  }
}
