package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateType;
import dev.anabranch.causality.Dot;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.history.EntriesInState;
import dev.anabranch.operators.history.GraphInState;
import dev.anabranch.versions.VersionSnapshots;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * States of versions in keyed state, encoded by the type's codec, named by dot; and on the heap, as
 * the next commit asks for that of the live version, and replaces it. They are written when the
 * aggregate is.
 *
 * <p><b>Failure.</b> A state is encoded as it comes: one that can't be is its commit's problem, and
 * no checkpoint's.
 */
final class StoredStates implements VersionSnapshots<Object> {

  private final GraphInState graph;
  private final CachedMap<Dot, Snapshot> states;
  private final AggregateType<Object, Object, Object> type;

  StoredStates(
      String key, OwnedState state, GraphInState graph, AggregateType<Object, Object, Object> type) {
    this.graph = graph;
    this.type = type;
    this.states =
        new CachedMap<>(
            new EntriesInState<>(
                new KeyedEntries(state.graphStates(), key),
                EntriesInState.Form.byDot(Snapshot::new, Snapshot::blob)),
            graph::isSmall);
  }

  /** The state is known to have none. */
  void knownEmpty() {
    states.knownEmpty();
  }

  /** How many bytes the states on the heap take, encoded. */
  long bytes() {
    return states.sumOfKnown(snapshot -> snapshot.blob().length);
  }

  /** Writes what has changed, if that is much. */
  void bound() {
    if (states.size() > AggregateGraph.MAX_KEPT) {
      writeBack();
    }
  }

  /** Completes the keyed state. */
  void writeBack() {
    states.writeBack();
    states.trim(AggregateGraph.MAX_KEPT, graph::isLive);
  }

  /** Removes all, also from the state. */
  void clear() {
    states.clear();
  }

  @Override
  public @Nullable Object get(Dot version) {
    var snapshot = states.get(version);
    return snapshot == null ? null : snapshot.state(type);
  }

  @Override
  public void put(Dot version, Object state) {
    var encoded = type.stateCodec().encode(state);
    states.put(version, new Snapshot(EventsBlob.encode(List.of(encoded)), state));
  }

  @Override
  public void remove(Dot version) {
    states.remove(version);
  }

  /** A state as it is stored, decoded when it is first asked for. */
  private static final class Snapshot {
    private final byte[] blob;
    private @Nullable Object decoded;

    private Snapshot(byte[] blob) {
      this.blob = blob;
    }

    private Snapshot(byte[] blob, Object decoded) {
      this.blob = blob;
      this.decoded = decoded;
    }

    private byte[] blob() {
      return blob;
    }

    private Object state(AggregateType<Object, Object, Object> type) {
      if (decoded == null) {
        decoded = type.decodeState(EventsBlob.decode(blob).get(0));
      }
      return Objects.requireNonNull(decoded);
    }
  }
}
