package dev.anabranch.api;

import dev.anabranch.causality.Dot;
import java.util.Comparator;

/**
 * One of several versions of an aggregate that exist side by side.
 *
 * @param dot the commit that made it
 * @param hlc hybrid logical time of that commit
 * @param state what its region saw after it
 */
public record LiveVersion<S>(Dot dot, long hlc, S state) {

  /** By (hlc, dot): the canonical order. */
  public static <S> Comparator<LiveVersion<S>> order() {
    return Comparator.<LiveVersion<S>>comparingLong(LiveVersion::hlc)
        .thenComparing(LiveVersion::dot);
  }
}
