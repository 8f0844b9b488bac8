package dev.anabranch.operators.command.waiting;

/** A question to the store about one command's earlier outcome, under way. */
public final class Lookup {
  private final Incoming in;
  private final Asker asker;

  public Lookup(Incoming in) {
    this.in = in;
    this.asker = Asker.of(in.record(), in.command());
  }

  public Incoming in() {
    return in;
  }

  public Asker asker() {
    return asker;
  }
}
