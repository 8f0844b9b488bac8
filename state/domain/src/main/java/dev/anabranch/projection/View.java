package dev.anabranch.projection;

import dev.anabranch.causality.Dot;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate as its region sees it after a commit of any region: merged and resolved.
 *
 * @param aggregateId id within the type, without the type
 * @param region whose view it is
 * @param revision token of what it reflects: replies and {@code expectedVersion} carry the same
 * @param changedAt when the newest commit in it was decided, to the millisecond
 * @param state null: there is no one state, since a conflict is open or a commit can't be folded
 * @param conflict whether a conflict is open: a person must resolve it
 * @param live the live branches in their canonical order; none of a type whose concurrent changes
 *     merge
 * @param problem why there is no state though no conflict is open; else empty
 */
public record View<S>(
    String aggregateType,
    String aggregateId,
    String region,
    String revision,
    Instant changedAt,
    @Nullable S state,
    boolean conflict,
    List<Live<S>> live,
    String problem) {

  public View {
    live = List.copyOf(live);
  }

  /**
   * One live branch.
   *
   * @param dot the commit that made it; a conflict is resolved by naming one
   * @param decidedAt when that commit was decided, to the millisecond
   * @param state null: its commits can't be folded by the release that says so
   */
  public record Live<S>(Dot dot, Instant decidedAt, @Nullable S state) {}
}
