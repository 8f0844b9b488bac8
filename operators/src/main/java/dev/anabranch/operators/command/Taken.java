package dev.anabranch.operators.command;

import dev.anabranch.model.message.CommandRecord;

/**
 * A record that a lane has taken in.
 *
 * @param number its place among all of them
 */
record Taken(CommandRecord record, long number) {
  static Taken of(Incoming in) {
    return new Taken(in.record(), in.number());
  }
}
