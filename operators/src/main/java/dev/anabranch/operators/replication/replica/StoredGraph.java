package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.versions.GraphEntries;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.versions.Settled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The graph of the current aggregate. */
final class StoredGraph implements GraphEntries {

  private final LiveReplica live;

  StoredGraph(LiveReplica live) {
    this.live = live;
  }

  @Override
  public GraphSummary summary() {
    var known = live.summary().get();
    return known == null ? GraphSummary.EMPTY : known;
  }

  @Override
  public void summary(GraphSummary newSummary) {
    live.summary().set(newSummary);
  }

  @Override
  public @Nullable GraphEntry get(Dot dot) {
    return live.nodes().get(dot);
  }

  @Override
  public void put(GraphEntry entry) {
    live.nodes().put(entry.dot(), entry);
    if (entry.settled() != Settled.OPEN) {
      // Its state is stored, and never derived again.
      live.events().remove(entry.dot());
    }
  }

  @Override
  public void remove(Dot dot) {
    live.nodes().remove(dot);
    live.events().remove(dot);
  }

  @Override
  public Iterable<GraphEntry> all() {
    return live.nodes().values();
  }

  @Override
  public List<Dot> ofCommand(String commandId) {
    var dots = live.commands().get(commandId);
    return dots == null ? List.of() : dots;
  }

  @Override
  public void index(String commandId, Dot dot) {
    var before = ofCommand(commandId);
    if (!before.contains(dot)) {
      var dots = new ArrayList<>(before);
      dots.add(dot);
      live.commands().put(commandId, List.copyOf(dots));
    }
  }

  @Override
  public void removeFromIndex(String commandId, Dot dot) {
    var rest = new ArrayList<>(ofCommand(commandId));
    if (!rest.remove(dot)) {
      return;
    }
    if (rest.isEmpty()) {
      live.commands().remove(commandId);
    } else {
      live.commands().put(commandId, List.copyOf(rest));
    }
  }
}
