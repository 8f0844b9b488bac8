package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateType;
import dev.anabranch.causality.Dot;
import dev.anabranch.versions.VersionSnapshots;
import dev.anabranch.wire.EventsBlob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** States of versions in keyed state, encoded by the type's codec, named by dot. */
final class StoredStates implements VersionSnapshots<Object> {

  private final String key;
  private final KeyedMap states;
  private final AggregateType<Object, Object, Object> type;

  StoredStates(String key, OwnedState state, AggregateType<Object, Object, Object> type) {
    this.key = key;
    this.states = state.graphStates();
    this.type = type;
  }

  @Override
  public @Nullable Object get(Dot version) {
    var stored = states.get(key, version.toString());
    return stored == null ? null : type.decodeState(EventsBlob.decode(stored).get(0));
  }

  @Override
  public void put(Dot version, Object state) {
    var encoded = type.stateCodec().encode(state);
    states.put(key, version.toString(), EventsBlob.encode(List.of(encoded)));
  }

  @Override
  public void remove(Dot version) {
    states.remove(key, version.toString());
  }
}
