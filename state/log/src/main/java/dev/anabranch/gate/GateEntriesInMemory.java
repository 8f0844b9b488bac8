package dev.anabranch.gate;

import dev.anabranch.causality.Dot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entries on the heap, for tools that read a whole log, and for tests. */
public final class GateEntriesInMemory implements GateEntries {

  private final Set<Dot> hollow = new HashSet<>();
  private final Map<Dot, Arrival> held = new HashMap<>();
  private final Map<Dot, Map<Dot, Arrival>> parked = new HashMap<>();

  @Override
  public boolean isHollow(Dot dot) {
    return hollow.contains(dot);
  }

  @Override
  public void addHollow(Dot dot) {
    hollow.add(dot);
  }

  @Override
  public void removeHollow(Dot dot) {
    hollow.remove(dot);
  }

  @Override
  public @Nullable Arrival held(Dot dot) {
    return held.get(dot);
  }

  @Override
  public void park(Dot waitsFor, Arrival arrival) {
    if (held.put(arrival.dot(), arrival) != null) {
      parked.values().forEach(waiting -> waiting.remove(arrival.dot()));
    }
    parked.computeIfAbsent(waitsFor, any -> new TreeMap<>()).put(arrival.dot(), arrival);
  }

  @Override
  public List<Arrival> takeWaitingFor(Dot dot) {
    var waiting = parked.remove(dot);
    if (waiting == null) {
      return List.of();
    }
    waiting.keySet().forEach(held::remove);
    return new ArrayList<>(waiting.values());
  }

  /** How many commits are held. */
  public int heldCount() {
    return held.size();
  }

  /** What is held, by the dot that it waits for. */
  public Map<Dot, List<Arrival>> parked() {
    var copy = new TreeMap<Dot, List<Arrival>>();
    parked.forEach((waitsFor, arrivals) -> copy.put(waitsFor, List.copyOf(arrivals.values())));
    return copy;
  }

  public Set<Dot> hollow() {
    return Set.copyOf(hollow);
  }
}
