package dev.anabranch.history;

import dev.anabranch.api.AggregateTypes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folds of all types of a domain, by name.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class TypeFolds {

  private final AggregateTypes types;
  private final Map<String, TypeFold> known = new HashMap<>();

  public TypeFolds(AggregateTypes types) {
    this.types = types;
  }

  /** The fold of a type; null: the domain does not have it. */
  public @Nullable TypeFold find(String type) {
    var fold = known.get(type);
    if (fold == null) {
      fold = types.find(type).map(TypeFold::of).orElse(null);
      if (fold != null) {
        known.put(type, fold);
      }
    }
    return fold;
  }
}
