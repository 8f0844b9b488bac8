package dev.anabranch.operators.replication;

import org.jspecify.annotations.Nullable;

/**
 * The state of a version, or why there is none. A version that can't be folded takes all that are
 * built on it along, and nothing else.
 *
 * @param state null: there is none
 * @param problem empty: there is a state
 */
record Folded(@Nullable Object state, String problem) {

  static Folded of(Object state) {
    return new Folded(state, "");
  }

  static Folded broken(String problem) {
    return new Folded(null, problem);
  }

  boolean isBroken() {
    return state == null;
  }

  Object value() {
    if (state == null) {
      throw new IllegalStateException("there is no state: " + problem);
    }
    return state;
  }
}
