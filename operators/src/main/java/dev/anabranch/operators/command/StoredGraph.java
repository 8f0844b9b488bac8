package dev.anabranch.operators.command;

import dev.anabranch.causality.Dot;
import dev.anabranch.versions.GraphEntries;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.wire.GraphBlob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The version graph of one aggregate in keyed state, of committed rows only: an entry per commit,
 * named by its dot, the summary under the empty name.
 */
final class StoredGraph implements GraphEntries {

  private static final String SUMMARY = "";

  private final String key;
  private final KeyedMap entries;
  private final KeyedMap commands;

  StoredGraph(String key, OwnedState state) {
    this.key = key;
    this.entries = state.graphEntries();
    this.commands = state.graphCommands();
  }

  @Override
  public GraphSummary summary() {
    var stored = entries.get(key, SUMMARY);
    return stored == null ? GraphSummary.EMPTY : GraphBlob.decodeSummary(stored);
  }

  @Override
  public void summary(GraphSummary summary) {
    entries.put(key, SUMMARY, GraphBlob.encode(summary));
  }

  @Override
  public @Nullable GraphEntry get(Dot dot) {
    var stored = entries.get(key, dot.toString());
    return stored == null ? null : GraphBlob.decode(stored);
  }

  @Override
  public void put(GraphEntry entry) {
    entries.put(key, entry.dot().toString(), GraphBlob.encode(entry));
  }

  @Override
  public void remove(Dot dot) {
    entries.remove(key, dot.toString());
  }

  @Override
  public Iterable<GraphEntry> all() {
    var all = new ArrayList<GraphEntry>();
    entries
        .all(key)
        .forEach(
            (name, stored) -> {
              if (!name.equals(SUMMARY)) {
                all.add(GraphBlob.decode(stored));
              }
            });
    return all;
  }

  @Override
  public List<Dot> ofCommand(String commandId) {
    var stored = commands.get(key, commandId);
    return stored == null ? List.of() : GraphBlob.decodeDots(stored);
  }

  @Override
  public void index(String commandId, Dot dot) {
    var dots = new ArrayList<>(ofCommand(commandId));
    if (!dots.contains(dot)) {
      dots.add(dot);
      commands.put(key, commandId, GraphBlob.encode(dots));
    }
  }

  @Override
  public void removeFromIndex(String commandId, Dot dot) {
    var dots = new ArrayList<>(ofCommand(commandId));
    dots.remove(dot);
    if (dots.isEmpty()) {
      commands.remove(key, commandId);
    } else {
      commands.put(key, commandId, GraphBlob.encode(dots));
    }
  }
}
