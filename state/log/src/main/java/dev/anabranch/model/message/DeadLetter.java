package dev.anabranch.model.message;

/**
 * A record that could not be handled, with the reason: goes to the dead-letter topic with its
 * original bytes and headers.
 */
public record DeadLetter(CommandRecord record, String code, String message) {}
