package dev.anabranch.api;

import dev.anabranch.causality.Dot;

/**
 * One of several versions of an aggregate that exist side by side.
 *
 * @param dot the commit that made it
 * @param hlc hybrid logical time of that commit
 * @param state what its region saw after it
 */
public record LiveVersion<S>(Dot dot, long hlc, S state) {}
