package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port: where the graph of one aggregate is kept, as many small entries, so that a hot aggregate
 * does not rewrite one growing value.
 *
 * <p><b>Recovery.</b> All of it is checkpointed together, or rebuilt by adding the commits of the
 * log again, in the order of the log.
 *
 * <p><b>Threads.</b> One at a time.
 */
public interface GraphEntries {

  GraphSummary summary();

  void summary(GraphSummary summary);

  @Nullable GraphEntry get(Dot dot);

  /** Adds or replaces the entry of {@link GraphEntry#dot()}. */
  void put(GraphEntry entry);

  void remove(Dot dot);

  /** All entries, in any order; used where the common case is left, not for each commit. */
  Iterable<GraphEntry> all();

  /** The commits indexed under a command id, in any order. */
  List<Dot> ofCommand(String commandId);

  void index(String commandId, Dot dot);

  void removeFromIndex(String commandId, Dot dot);
}
