package dev.anabranch.operators.command.waiting;

import dev.anabranch.model.message.CommandRecord;

/**
 * A record that a lane has taken in.
 *
 * @param number its place among all of them
 */
public record Taken(CommandRecord record, long number) {
  public static Taken of(Incoming in) {
    return new Taken(in.record(), in.number());
  }
}
