package dev.anabranch.operators.command;

/** A question to the store about one command's earlier outcome, under way. */
final class Lookup {
  private final Incoming in;
  private final Asker asker;

  Lookup(Incoming in) {
    this.in = in;
    this.asker = Asker.of(in.record(), in.command());
  }

  Incoming in() {
    return in;
  }

  Asker asker() {
    return asker;
  }
}
