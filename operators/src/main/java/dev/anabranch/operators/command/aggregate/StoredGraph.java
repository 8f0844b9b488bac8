package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.cache.CachedValue;
import dev.anabranch.versions.GraphEntries;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.wire.blob.GraphBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The version graph of one aggregate in keyed state, of committed rows only: an entry per commit,
 * named by its dot, the summary under the empty name.
 *
 * <p>What the next commit asks for is on the heap too. Entries are written at once, so that a
 * checkpoint finds little to do; the summary, which each commit changes, when the aggregate is.
 *
 * <p><b>Bounds.</b> At most {@value #MAX_KEPT} entries stay on the heap, and as many command ids,
 * beside those of the live versions: a graph that a silent region keeps from shrinking is read
 * entry by entry.
 */
final class StoredGraph implements GraphEntries {

  /** A graph that is compacted in time has some four open entries for each region. */
  static final int MAX_KEPT = 16;

  private static final String SUMMARY = "";

  static final KeyedEntries.Names<Dot> DOTS = new KeyedEntries.Names<>(Dot::toString, Dot::parse);

  private static final KeyedEntries.Names<String> COMMAND_IDS =
      new KeyedEntries.Names<>(Function.identity(), Function.identity());

  private static final KeyedEntries.Form<GraphEntry> ENTRY =
      new KeyedEntries.Form<>(GraphBlob::decode, GraphBlob::encode);

  private static final KeyedEntries.Form<List<Dot>> COMMITS =
      new KeyedEntries.Form<>(GraphBlob::decodeDots, GraphBlob::encode);

  private final CachedValue<GraphSummary> summary;
  private final CachedMap<Dot, GraphEntry> entries;
  private final CachedMap<String, List<Dot>> commands;

  StoredGraph(String key, OwnedState state) {
    summary = new CachedValue<>(new Summary(state.graphEntries(), key));
    entries =
        new CachedMap<>(new KeyedEntries<>(state.graphEntries(), key, DOTS, ENTRY), this::isSmall);
    commands =
        new CachedMap<>(
            new KeyedEntries<>(state.graphCommands(), key, COMMAND_IDS, COMMITS), this::isSmall);
  }

  /** The state is known to have nothing of the aggregate. */
  void isNew() {
    summary.isNew();
    entries.isNew();
    commands.isNew();
  }

  boolean isSmall() {
    return summary().open() <= MAX_KEPT;
  }

  boolean isLive(Dot dot) {
    for (var live : summary().live()) {
      if (live.dot().equals(dot)) {
        return true;
      }
    }
    return false;
  }

  /** Writes what has changed, but for the summary. */
  void writeEntries() {
    entries.writeBack();
    entries.trim(MAX_KEPT, this::isLive);
    commands.writeBack();
    commands.trim(MAX_KEPT, command -> false);
  }

  /** Completes the keyed state. */
  void writeBack() {
    writeEntries();
    summary.writeBack();
  }

  /** Removes everything, also from the state. */
  void clear() {
    entries.clear();
    commands.clear();
    summary.set(GraphSummary.EMPTY);
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
  }

  @Override
  public void remove(Dot dot) {
    entries.remove(dot);
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
    if (!before.contains(dot)) {
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

  /** The summary of the graph, which is stored beside its entries. */
  private record Summary(KeyedMap map, String key) implements CachedValue.Backing<GraphSummary> {

    @Override
    public @Nullable GraphSummary read() {
      var stored = map.get(key, SUMMARY);
      return stored == null ? null : GraphBlob.decodeSummary(stored);
    }

    @Override
    public void write(@Nullable GraphSummary value) {
      map.put(key, SUMMARY, GraphBlob.encode(value == null ? GraphSummary.EMPTY : value));
    }
  }
}
