package dev.anabranch.history;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.versions.FoldFailedException;
import org.jspecify.annotations.Nullable;

/**
 * What commits have made of a state: the state, or why there is none. A state that can't be made
 * takes all that are built on it along, and nothing else.
 *
 * <p><b>Encoded once.</b> A state is stored and shown: what {@link #encoded(EncodedMessage)} was
 * told is kept for both.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class FoldedState {

  private final @Nullable Object state;
  private final String problem;
  private @Nullable EncodedMessage encoded;

  private FoldedState(@Nullable Object state, String problem) {
    this.state = state;
    this.problem = problem;
  }

  public static FoldedState of(Object state) {
    return new FoldedState(state, "");
  }

  /**
   * There is no state.
   *
   * @param problem why; not empty
   */
  public static FoldedState broken(String problem) {
    return new FoldedState(null, problem);
  }

  public boolean isBroken() {
    return state == null;
  }

  /** Why there is no state; empty if there is one. */
  public String problem() {
    return problem;
  }

  /**
   * The state.
   *
   * @throws FoldFailedException if there is none
   */
  public Object value() {
    if (state == null) {
      throw new FoldFailedException(problem);
    }
    return state;
  }

  /** The state; null if there is none. */
  public @Nullable Object orNull() {
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
