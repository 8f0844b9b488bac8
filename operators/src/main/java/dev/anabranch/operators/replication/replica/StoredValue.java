package dev.anabranch.operators.replication.replica;

import dev.anabranch.operators.cache.CachedValue;
import java.util.function.Function;
import org.apache.flink.api.common.state.ValueState;
import org.jspecify.annotations.Nullable;

/** A value of Flink's keyed state, as it is decoded. */
record StoredValue<V, B>(ValueState<B> state, Function<B, V> decode, Function<V, B> encode)
    implements CachedValue.Backing<V> {

  @Override
  public @Nullable V read() {
    var stored = ReplicaState.access(state::value);
    return stored == null ? null : decode.apply(stored);
  }

  @Override
  public void write(@Nullable V value) {
    ReplicaState.run(() -> state.update(value == null ? null : encode.apply(value)));
  }
}
