package dev.anabranch.operators.replication;

import static dev.anabranch.operators.replication.ReplicaState.access;
import static dev.anabranch.operators.replication.ReplicaState.run;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.versions.GraphEntries;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.versions.Settled;
import dev.anabranch.wire.GraphBlob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The graph of the current aggregate, in keyed state; what one record reads twice is decoded once.
 */
final class StoredGraph implements GraphEntries {

  private static final String SEPARATOR = " ";

  private final ReplicaState state;
  private final Map<Dot, GraphEntry> seen = new HashMap<>();
  private @Nullable GraphSummary summary;

  StoredGraph(ReplicaState state) {
    this.state = state;
  }

  /** Call it when the current aggregate may have changed. */
  void begin() {
    seen.clear();
    summary = null;
  }

  @Override
  public GraphSummary summary() {
    var known = summary;
    if (known == null) {
      var blob = access(state.graph::value);
      known = blob == null ? GraphSummary.EMPTY : GraphBlob.decodeSummary(blob);
      summary = known;
    }
    return known;
  }

  @Override
  public void summary(GraphSummary newSummary) {
    summary = newSummary;
    run(() -> state.graph.update(GraphBlob.encode(newSummary)));
  }

  @Override
  public @Nullable GraphEntry get(Dot dot) {
    var known = seen.get(dot);
    if (known != null) {
      return known;
    }
    var blob = access(() -> state.nodes.get(dot.toString()));
    if (blob == null) {
      return null;
    }
    var entry = GraphBlob.decode(blob);
    seen.put(dot, entry);
    return entry;
  }

  @Override
  public void put(GraphEntry entry) {
    seen.put(entry.dot(), entry);
    run(
        () -> {
          state.nodes.put(entry.dot().toString(), GraphBlob.encode(entry));
          if (entry.settled() != Settled.OPEN) {
            // Its state is stored, and never derived again.
            state.events.remove(entry.dot().toString());
          }
        });
  }

  @Override
  public void remove(Dot dot) {
    seen.remove(dot);
    run(
        () -> {
          state.nodes.remove(dot.toString());
          state.events.remove(dot.toString());
        });
  }

  @Override
  public Iterable<GraphEntry> all() {
    return access(
        () -> {
          var all = new ArrayList<GraphEntry>();
          for (var blob : state.nodes.values()) {
            all.add(GraphBlob.decode(blob));
          }
          return all;
        });
  }

  @Override
  public List<Dot> ofCommand(String commandId) {
    var list = access(() -> state.commands.get(commandId));
    return list == null
        ? List.of()
        : Stream.of(list.split(SEPARATOR)).map(StoredGraph::dot).toList();
  }

  @Override
  public void index(String commandId, Dot dot) {
    run(
        () -> {
          var list = state.commands.get(commandId);
          if (list == null) {
            state.commands.put(commandId, dot.toString());
          } else if (!List.of(list.split(SEPARATOR)).contains(dot.toString())) {
            state.commands.put(commandId, list + SEPARATOR + dot);
          }
        });
  }

  @Override
  public void removeFromIndex(String commandId, Dot dot) {
    run(
        () -> {
          var list = state.commands.get(commandId);
          if (list == null) {
            return;
          }
          var rest = new ArrayList<>(List.of(list.split(SEPARATOR)));
          rest.remove(dot.toString());
          if (rest.isEmpty()) {
            state.commands.remove(commandId);
          } else {
            state.commands.put(commandId, String.join(SEPARATOR, rest));
          }
        });
  }

  static Dot dot(String text) {
    var colon = text.lastIndexOf(':');
    return new Dot(
        new RegionId(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }
}
