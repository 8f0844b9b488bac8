package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.EncodedMessage;
import org.jspecify.annotations.Nullable;

/**
 * The state of a version, or why there is none. A version that can't be folded takes all that are
 * built on it along, and nothing else.
 *
 * <p><b>Encoded once.</b> A state is stored and shown: what {@link #encoded(EncodedMessage)} was
 * told is kept for both.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class Folded {

  private final @Nullable Object state;
  private final String problem;
  private @Nullable EncodedMessage encoded;

  private Folded(@Nullable Object state, String problem) {
    this.state = state;
    this.problem = problem;
  }

  static Folded of(Object state) {
    return new Folded(state, "");
  }

  static Folded broken(String problem) {
    return new Folded(null, problem);
  }

  boolean isBroken() {
    return state == null;
  }

  /** Why there is no state; empty if there is one. */
  String problem() {
    return problem;
  }

  Object value() {
    if (state == null) {
      throw new IllegalStateException("there is no state: " + problem);
    }
    return state;
  }

  /** The encoded state; null if nobody has encoded it yet. */
  @Nullable EncodedMessage encoded() {
    return encoded;
  }

  void encoded(EncodedMessage message) {
    encoded = message;
  }
}
