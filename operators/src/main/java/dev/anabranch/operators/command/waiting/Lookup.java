package dev.anabranch.operators.command.waiting;

/** A question to the store about one command's earlier outcome, under way. */
public final class Lookup {
  private final Incoming in;
  private final Requester requester;

  public Lookup(Incoming in) {
    this.in = in;
    this.requester = Requester.of(in.record(), in.command());
  }

  public Incoming in() {
    return in;
  }

  public Requester requester() {
    return requester;
  }
}
