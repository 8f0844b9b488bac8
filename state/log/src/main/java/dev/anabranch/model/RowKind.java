package dev.anabranch.model;

/** What a row of the log says. The codes are stored and published: never renumber. */
public enum RowKind {
  /** An accepted outcome with its events: has a version and a dot. */
  COMMIT(1),
  /** A rejected outcome, {@code version-conflict} included: no version, no dot, no events. */
  REJECTED(2),
  /** An outcome that changed nothing: no version, no dot, no events. */
  UNCHANGED(3),
  /** A person's or program's choice between concurrent versions: has a version and a dot. */
  RESOLUTION(4),
  /** A remote commit whose payload a filter withheld: has a dot only. */
  TOMBSTONE(5),
  /** The aggregate's home moved to another region: has a version and a dot. */
  HOME_MOVE(6),
  /** The shard goes on in another database from this offset on: a local fence, not published. */
  MOVED(7);

  private static final RowKind[] BY_CODE = {
    null, COMMIT, REJECTED, UNCHANGED, RESOLUTION, TOMBSTONE, HOME_MOVE, MOVED
  };

  private final int code;

  RowKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Whether rows of this kind have a version, and so change the aggregate. */
  public boolean hasVersion() {
    return this == COMMIT || this == RESOLUTION || this == HOME_MOVE;
  }

  /**
   * The kind with this {@link #code}.
   *
   * @throws IllegalArgumentException for a code that this release does not know
   */
  public static RowKind ofCode(int code) {
    if (code < 1 || code >= BY_CODE.length) {
      throw new IllegalArgumentException(
          "row kind " + code + " is unknown to this release; was the row written by a newer one?");
    }
    return BY_CODE[code];
  }
}
