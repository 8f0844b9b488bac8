package dev.anabranch.testkit;

import dev.anabranch.api.LiveVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a region sees of an aggregate.
 *
 * @param state the one state that counts; null while a conflict is open
 * @param branches what nothing is built on yet, in (hlc, dot) order; empty for replicated data
 *     types, which have none
 */
record Seen<S>(@Nullable S state, List<LiveVersion<S>> branches) {
  Seen {
    branches = List.copyOf(branches);
  }
}
