package dev.anabranch.model.view;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.projection.View;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate as its region sees it after a commit of any region: merged and resolved.
 *
 * @param region whose view it is
 * @param revision per origin, how many of the aggregate's commits were applied
 * @param hlc greatest hybrid logical time among them
 * @param state null: there is no one state, since a conflict is open or a commit can't be folded
 * @param contentType MIME type of the states
 * @param conflict whether a conflict is open: a person must resolve it
 * @param live the live branches in (hlc, dot) order; none of a type whose concurrent changes merge
 * @param voided commits that do not count, by dot
 * @param problem why there is no state though no conflict was left to a person; else empty
 */
public record AggregateView(
    String region,
    AggregateKey aggregate,
    VectorTime revision,
    long hlc,
    @Nullable EncodedMessage state,
    String contentType,
    boolean conflict,
    List<VersionState> live,
    List<VoidCommit> voided,
    String problem) {

  public AggregateView {
    live = List.copyOf(live);
    voided = List.copyOf(voided);
  }

  /** Returns what a projection is given of the view; the states are still encoded. */
  public View<EncodedMessage> forProjections() {
    return new View<>(
        aggregate.type(),
        aggregate.id(),
        region,
        revision.token(),
        time(hlc),
        state,
        conflict,
        live.stream()
            .map(each -> new View.Live<>(each.dot(), time(each.hlc()), each.state()))
            .toList(),
        problem);
  }

  /** Returns the view without any state, which some reader could not take. */
  public AggregateView withoutStates(String why) {
    return new AggregateView(
        region,
        aggregate,
        revision,
        hlc,
        null,
        contentType,
        conflict,
        live.stream().map(VersionState::withoutState).toList(),
        voided,
        why);
  }

  private static Instant time(long hlc) {
    return Instant.ofEpochMilli(hlc >> 16);
  }
}
