package dev.anabranch.operators.history;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A state as it is kept. One that was read is decoded when it is first asked for. One that was made
 * here becomes a blob when it is written, which most are not: the next commit replaces them.
 *
 * <p><b>Threads.</b> The task's thread only.
 *
 * @param <S> state
 */
public final class Snapshot<S> {

  private final byte @Nullable [] blob;
  private final @Nullable EncodedMessage encoded;
  private @Nullable S state;

  private Snapshot(byte @Nullable [] blob, @Nullable EncodedMessage encoded, @Nullable S state) {
    this.blob = blob;
    this.encoded = encoded;
    this.state = state;
  }

  /** The state that was written as this blob. */
  public static <S> Snapshot<S> read(byte[] blob) {
    return new Snapshot<>(blob, null, null);
  }

  public static <S> Snapshot<S> of(S state, EncodedMessage encoded) {
    return new Snapshot<>(null, encoded, state);
  }

  /** A state that is never written, so that it need not be encoded. */
  static <S> Snapshot<S> onHeap(S state) {
    return new Snapshot<>(null, null, state);
  }

  /**
   * The state itself.
   *
   * @throws RuntimeException what the form throws
   */
  public S state(StateForm<S> form) {
    var known = state;
    if (known == null) {
      known = form.decode(Objects.requireNonNull(blob, "what was not read has its state"));
      if (form.isSound(known)) {
        state = known;
      }
    }
    return known;
  }

  /** How large it is, encoded; 0: it is not. */
  public long bytes() {
    if (blob != null) {
      return blob.length;
    }
    return encoded == null ? 0 : encoded.data().length;
  }

  public byte[] toBlob() {
    if (blob != null) {
      return blob;
    }
    if (encoded == null) {
      throw new IllegalStateException("the state was not encoded");
    }
    return EventsBlob.encode(List.of(encoded));
  }
}
