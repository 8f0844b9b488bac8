package dev.anabranch.operators.history;

import dev.anabranch.causality.Dot;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.cache.CachedValue;
import dev.anabranch.versions.CompactionState;
import dev.anabranch.versions.GraphEntries;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The version graph of one aggregate in keyed state: an entry for each commit, the commits of each
 * command, and the summary. What the next commit asks for is on the heap too.
 *
 * <p><b>Bounds.</b> As many entries stay on the heap as the job says, and as many command ids,
 * beside the entries of the live branches. A graph that a silent region keeps from shrinking is
 * then read entry by entry.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class GraphInState implements GraphEntries {

  /** Everything of a graph may be on the heap; the job bounds its aggregates together. */
  public static final int ALL = Integer.MAX_VALUE;

  /** Where a job keeps the parts of a graph, and under which names. */
  public record Layout(
      CachedValue.Backing<GraphSummary> summary,
      CachedMap.Backing<Dot, GraphEntry> entries,
      CachedMap.Backing<String, List<Dot>> commands) {}

  private final CachedValue<GraphSummary> summary;
  private final CachedMap<Dot, GraphEntry> entries;
  private final CachedMap<String, List<Dot>> commands;
  private final int maxKept;
  private final Consumer<Dot> fixed;
  private final Consumer<Dot> removed;

  /**
   * A graph as the keyed state has it.
   *
   * @param maxKept how many entries stay on the heap after {@link #writeEntries}, or {@link #ALL}
   * @param fixed takes commits whose states are stored for ever, so that their events are not
   *     needed; it may take them again
   * @param removed takes commits that the graph has dropped
   */
  public GraphInState(Layout layout, int maxKept, Consumer<Dot> fixed, Consumer<Dot> removed) {
    this.maxKept = maxKept;
    this.fixed = fixed;
    this.removed = removed;
    summary = new CachedValue<>(layout.summary());
    entries = new CachedMap<>(layout.entries(), this::isSmall);
    commands = new CachedMap<>(layout.commands(), this::isSmall);
  }

  private GraphInState(GraphInState beneath) {
    this.maxKept = ALL;
    this.fixed = dot -> {};
    this.removed = dot -> {};
    summary = beneath.summary.layer();
    entries = beneath.entries.layer();
    commands = beneath.commands.layer();
  }

  /** A graph that takes commits over this one, which it leaves alone. It is never written. */
  public GraphInState layer() {
    return new GraphInState(this);
  }

  /** The state is known to have nothing of the aggregate. */
  public void knownEmpty() {
    summary.knownEmpty();
    entries.knownEmpty();
    commands.knownEmpty();
  }

  /** Whether all entries may be read for the sake of some. */
  public boolean isSmall() {
    return summary().open() <= maxKept;
  }

  public boolean isLive(Dot dot) {
    for (var live : summary().live()) {
      if (live.dot().equals(dot)) {
        return true;
      }
    }
    return false;
  }

  /** How many entries are on the heap. */
  public int entries() {
    return entries.size();
  }

  /** How many entries and command ids are on the heap. */
  public int size() {
    return entries.size() + commands.size();
  }

  public boolean isChanged() {
    return summary.isChanged() || entries.isChanged() || commands.isChanged();
  }

  /** Writes what has changed, but for the summary. */
  public void writeEntries() {
    entries.writeBack();
    entries.trim(maxKept, this::isLive);
    commands.writeBack();
    commands.trim(maxKept, command -> false);
  }

  /** Completes the keyed state. */
  public void writeBack() {
    writeEntries();
    summary.writeBack();
  }

  /** Removes everything, also from the state. */
  public void clear() {
    entries.clear();
    commands.clear();
    summary.set(null);
  }

  @Override
  public GraphSummary summary() {
    var known = summary.get();
    return known == null ? GraphSummary.EMPTY : known;
  }

  @Override
  public void summary(GraphSummary newSummary) {
    summary.set(newSummary);
  }

  @Override
  public @Nullable GraphEntry get(Dot dot) {
    return entries.get(dot);
  }

  @Override
  public void put(GraphEntry entry) {
    entries.put(entry.dot(), entry);
    if (entry.settled() != CompactionState.OPEN) {
      fixed.accept(entry.dot());
    }
  }

  @Override
  public void remove(Dot dot) {
    entries.remove(dot);
    removed.accept(dot);
  }

  @Override
  public Iterable<GraphEntry> all() {
    return entries.values();
  }

  @Override
  public List<Dot> ofCommand(String commandId) {
    var dots = commands.get(commandId);
    return dots == null ? List.of() : dots;
  }

  @Override
  public void index(String commandId, Dot dot) {
    var before = ofCommand(commandId);
    if (before.isEmpty()) {
      commands.put(commandId, List.of(dot));
    } else if (!before.contains(dot)) {
      var dots = new ArrayList<>(before);
      dots.add(dot);
      commands.put(commandId, List.copyOf(dots));
    }
  }

  @Override
  public void removeFromIndex(String commandId, Dot dot) {
    var rest = new ArrayList<>(ofCommand(commandId));
    if (!rest.remove(dot)) {
      return;
    }
    if (rest.isEmpty()) {
      commands.remove(commandId);
    } else {
      commands.put(commandId, List.copyOf(rest));
    }
  }
}
