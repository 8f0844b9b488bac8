package dev.anabranch.model;

/**
 * The encoded parts of a row, each starting with a format version byte (package {@code wire}). The
 * arrays are shared, not copied: nobody writes to them.
 *
 * @param causality context, parents, dependencies, resolver id
 * @param metadata headers carried from the command to its outcome
 * @param reply what the sender of the command is told
 * @param events the events of a commit, else empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared with equals
public record Blobs(byte[] causality, byte[] metadata, byte[] reply, byte[] events) {
  public static final byte[] EMPTY = {};

  /** Bytes of all four. */
  public int size() {
    return causality.length + metadata.length + reply.length + events.length;
  }
}
