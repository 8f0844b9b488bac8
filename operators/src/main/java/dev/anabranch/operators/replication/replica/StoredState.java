package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A state as it is kept: decoded when it is first asked for, written from what was encoded when it
 * came.
 */
final class StoredState {

  private final byte @Nullable [] blob;
  private @Nullable Folded decoded;

  private StoredState(byte @Nullable [] blob, @Nullable Folded decoded) {
    this.blob = blob;
    this.decoded = decoded;
  }

  static StoredState read(byte[] blob) {
    return new StoredState(blob, null);
  }

  /**
   * @param folded not broken, and encoded
   */
  static StoredState of(Folded folded) {
    return new StoredState(null, folded);
  }

  /** What is broken is not kept: the next release may read it. */
  Folded folded(TypeMerge<?> type) {
    var known = decoded;
    if (known == null) {
      known = type.decodeBlob(Objects.requireNonNull(blob, "either of the two is there"));
      if (!known.isBroken()) {
        decoded = known;
      }
    }
    return known;
  }

  /** How large it is, encoded. */
  long bytes() {
    if (blob != null) {
      return blob.length;
    }
    var encoded = decoded == null ? null : decoded.encoded();
    return encoded == null ? 0 : encoded.data().length;
  }

  byte[] toBlob() {
    if (blob != null) {
      return blob;
    }
    EncodedMessage encoded = decoded == null ? null : decoded.encoded();
    if (encoded == null) {
      throw new IllegalStateException("the state was not encoded");
    }
    return EventsBlob.encode(List.of(encoded));
  }
}
