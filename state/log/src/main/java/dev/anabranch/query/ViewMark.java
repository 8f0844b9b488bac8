package dev.anabranch.query;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import java.util.Optional;

/**
 * The view of an aggregate that the tables show.
 *
 * @param revision per origin, how many of the aggregate's commits are in it
 * @param before which one they showed when the change was made; empty: none. Where they show
 *     another one by now, the change is not made
 */
public record ViewMark(AggregateKey aggregate, VectorTime revision, Optional<VectorTime> before) {}
