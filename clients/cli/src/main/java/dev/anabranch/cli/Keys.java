package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.model.AggregateKey;

/** Aggregate keys as users write them. */
final class Keys {

  private Keys() {}

  static AggregateKey parse(String text) {
    try {
      return AggregateKey.parse(text);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
  }
}
