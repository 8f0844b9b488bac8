package dev.anabranch.versions;

import dev.anabranch.api.LiveVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port: how states come of commits. Pure: the same arguments give the same state in every region,
 * process and release.
 *
 * @param <S> state: an immutable value
 */
public interface VersionFolding<S> {

  /** State of an aggregate that has no event yet. */
  S initial();

  /** State after the commit's events, read from wherever they are kept; none: {@code before}. */
  S evolve(S before, VersionNode node);

  /**
   * One state of several versions.
   *
   * @param resolverId as stored with the commit that is built on them; empty if the commit's
   *     decider saw one version, of which several were made later (an alias, or a hollow dot), or
   *     the type has no resolver: then the type's fallback decides
   * @param versions in (hlc, dot) order
   * @param base the state that all of them grew from
   */
  S resolve(String resolverId, List<LiveVersion<S>> versions, S base);

  /**
   * Id of the resolver that {@link #resolve} takes for this id; null: it has none. A folding that
   * takes any id says the same id.
   */
  default @Nullable String resolverFor(String resolverId) {
    return resolverId;
  }
}
