package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How aggregates are merged, by the name of their type. */
public final class TypeMerges {

  private final AggregateTypes types;
  private final Map<String, TypeMerge<?>> known = new HashMap<>();

  public TypeMerges(AggregateTypes types) {
    this.types = types;
  }

  /** How the aggregate's type is merged; null if the job does not know the type. */
  public @Nullable TypeMerge<?> find(AggregateKey key) {
    var merge = known.get(key.type());
    if (merge == null) {
      var type = types.find(key.type());
      if (type.isEmpty()) {
        return null;
      }
      merge = TypeMerge.of(type.get());
      known.put(key.type(), merge);
    }
    return merge;
  }

  /** What is kept of aggregates of the type: of an unknown one, what a relay needs. */
  public static Merging merging(@Nullable TypeMerge<?> type) {
    return type == null ? Merging.RELAY : type.merging();
  }
}
