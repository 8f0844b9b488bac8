package dev.anabranch.checker;

/** A rule that was broken, and where. */
public record Finding(Rule rule, String what) {

  @Override
  public String toString() {
    return rule + ": " + what;
  }
}
