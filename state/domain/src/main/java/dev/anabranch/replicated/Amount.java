package dev.anabranch.replicated;

import dev.anabranch.causality.EventId;
import java.math.BigInteger;

/** What an event added to a sum. For codecs. */
public record Amount(EventId event, BigInteger amount) {}
