package dev.anabranch.operators.history;

import dev.anabranch.api.EncodedMessage;

/**
 * How states of one aggregate type become bytes, and come back.
 *
 * @param <S> state
 */
public interface StateForm<S> {

  /**
   * Encodes a state.
   *
   * @throws RuntimeException what the application's codec throws
   */
  EncodedMessage encode(S state);

  /**
   * Decodes what {@link Snapshot#toBlob} wrote.
   *
   * @throws RuntimeException what the application's codec throws, unless a state can say that
   */
  S decode(byte[] blob);

  /** Whether the state may stay on the heap; if not, it is decoded again each time. */
  default boolean isSound(S state) {
    return true;
  }
}
