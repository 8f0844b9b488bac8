package dev.anabranch.versions;

import dev.anabranch.api.LiveVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reader is shown of an aggregate.
 *
 * @param live the live versions, in (hlc, dot) order
 * @param state one state of them; of an open conflict the latest version's
 * @param conflict whether it is an open conflict
 * @param failure why a resolver could not make one state; null: it could, or there is none
 */
public record ShownState<S>(
    List<LiveVersion<S>> live, S state, boolean conflict, @Nullable String failure) {
  public ShownState {
    live = List.copyOf(live);
  }
}
