package dev.anabranch.model.view;

import dev.anabranch.causality.Dot;
import org.jspecify.annotations.Nullable;

/**
 * A commit that is kept and does not count.
 *
 * @param reason {@code twin}, {@code unseen}, {@code clash} or {@code nothing-left}; see the
 *     reference of the topics
 * @param cause the commit that it is void by; null if none in particular is
 */
public record VoidCommit(Dot dot, String reason, @Nullable Dot cause) {}
