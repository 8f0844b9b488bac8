package dev.anabranch.query;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;

/**
 * Which view of an aggregate the tables show.
 *
 * @param revision per origin, how many of the aggregate's commits are in it
 */
public record ViewMark(AggregateKey aggregate, VectorTime revision) {}
