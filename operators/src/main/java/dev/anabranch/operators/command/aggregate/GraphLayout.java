package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.operators.cache.CachedValue;
import dev.anabranch.operators.history.EntriesInState;
import dev.anabranch.operators.history.EntriesInState.Form;
import dev.anabranch.operators.history.GraphInState;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.wire.blob.GraphBlob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the command job keeps version graphs: an entry per commit, named by its dot, and the
 * summary among them under the empty name.
 */
final class GraphLayout {

  private static final String SUMMARY = "";

  private static final Form<Dot, GraphEntry, byte[]> ENTRIES =
      Form.byDot(GraphBlob::decode, GraphBlob::encode);

  private static final Form<String, List<Dot>, byte[]> COMMANDS =
      Form.byText(GraphBlob::decodeDots, GraphBlob::encode);

  private GraphLayout() {}

  static GraphInState.Layout of(String aggregate, CommandState state) {
    return new GraphInState.Layout(
        new Summary(state.graphEntries(), aggregate),
        new EntriesInState<>(new KeyedEntries(state.graphEntries(), aggregate), ENTRIES),
        new EntriesInState<>(new KeyedEntries(state.graphCommands(), aggregate), COMMANDS));
  }

  private record Summary(KeyedMap map, String aggregate)
      implements CachedValue.Backing<GraphSummary> {

    @Override
    public @Nullable GraphSummary read() {
      var stored = map.get(aggregate, SUMMARY);
      return stored == null ? null : GraphBlob.decodeSummary(stored);
    }

    @Override
    public void write(@Nullable GraphSummary value) {
      map.put(aggregate, SUMMARY, GraphBlob.encode(value == null ? GraphSummary.EMPTY : value));
    }
  }
}
