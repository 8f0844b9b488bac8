package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.versions.GraphEntries;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes to a graph that are not committed yet, over the committed graph, which is left alone. It
 * lives as long as the aggregate has pending rows.
 */
final class LayeredGraph implements GraphEntries {

  private final GraphEntries below;
  private final Map<Dot, GraphEntry> changed = new HashMap<>();
  private final Set<Dot> removed = new HashSet<>();
  private final Map<String, List<Dot>> commands = new HashMap<>();
  private @Nullable GraphSummary summary;

  LayeredGraph(GraphEntries below) {
    this.below = below;
  }

  @Override
  public GraphSummary summary() {
    var own = summary;
    return own == null ? below.summary() : own;
  }

  @Override
  public void summary(GraphSummary own) {
    summary = own;
  }

  @Override
  public @Nullable GraphEntry get(Dot dot) {
    if (removed.contains(dot)) {
      return null;
    }
    var own = changed.get(dot);
    return own == null ? below.get(dot) : own;
  }

  @Override
  public void put(GraphEntry entry) {
    removed.remove(entry.dot());
    changed.put(entry.dot(), entry);
  }

  @Override
  public void remove(Dot dot) {
    changed.remove(dot);
    removed.add(dot);
  }

  @Override
  public Iterable<GraphEntry> all() {
    var all = new ArrayList<>(changed.values());
    for (var entry : below.all()) {
      if (!changed.containsKey(entry.dot()) && !removed.contains(entry.dot())) {
        all.add(entry);
      }
    }
    return all;
  }

  @Override
  public List<Dot> ofCommand(String commandId) {
    var own = commands.get(commandId);
    return own == null ? below.ofCommand(commandId) : own;
  }

  @Override
  public void index(String commandId, Dot dot) {
    var dots = new ArrayList<>(ofCommand(commandId));
    if (!dots.contains(dot)) {
      dots.add(dot);
      commands.put(commandId, dots);
    }
  }

  @Override
  public void removeFromIndex(String commandId, Dot dot) {
    var dots = new ArrayList<>(ofCommand(commandId));
    dots.remove(dot);
    commands.put(commandId, dots);
  }
}
