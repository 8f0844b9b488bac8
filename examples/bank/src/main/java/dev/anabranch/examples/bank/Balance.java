package dev.anabranch.examples.bank;

/** Result of a deposit or withdrawal: the balance after it, in minor units. */
public record Balance(long balance) {}
