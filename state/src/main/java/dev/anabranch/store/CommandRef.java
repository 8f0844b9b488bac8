package dev.anabranch.store;

import dev.anabranch.model.AggregateKey;

/** A command id within its aggregate. */
public record CommandRef(AggregateKey aggregate, String commandId) {}
