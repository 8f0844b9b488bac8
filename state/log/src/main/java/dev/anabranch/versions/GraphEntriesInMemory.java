package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Entries on the heap, for tools that read a whole log, and for tests. */
public final class GraphEntriesInMemory implements GraphEntries {

  private final Map<Dot, GraphEntry> byDot = new TreeMap<>();
  private final Map<String, Set<Dot>> byCommand = new HashMap<>();
  private GraphSummary summary = GraphSummary.EMPTY;

  @Override
  public GraphSummary summary() {
    return summary;
  }

  @Override
  public void summary(GraphSummary newSummary) {
    summary = newSummary;
  }

  @Override
  public @Nullable GraphEntry get(Dot dot) {
    return byDot.get(dot);
  }

  @Override
  public void put(GraphEntry entry) {
    byDot.put(entry.dot(), entry);
  }

  @Override
  public void remove(Dot dot) {
    byDot.remove(dot);
  }

  @Override
  public Iterable<GraphEntry> all() {
    return new ArrayList<>(byDot.values());
  }

  @Override
  public List<Dot> ofCommand(String commandId) {
    return List.copyOf(byCommand.getOrDefault(commandId, Set.of()));
  }

  @Override
  public void index(String commandId, Dot dot) {
    byCommand.computeIfAbsent(commandId, any -> new TreeSet<>()).add(dot);
  }

  @Override
  public void removeFromIndex(String commandId, Dot dot) {
    byCommand.computeIfPresent(
        commandId,
        (any, dots) -> {
          dots.remove(dot);
          return dots.isEmpty() ? null : dots;
        });
  }

  /** How many entries there are. */
  public int size() {
    return byDot.size();
  }
}
