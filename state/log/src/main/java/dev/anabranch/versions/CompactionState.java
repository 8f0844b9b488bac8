package dev.anabranch.versions;

/** Whether compaction has fixed an entry, and as what. The codes are stored: never renumber. */
public enum CompactionState {
  /** Not yet: what other regions did unseen may still change how it is read. */
  OPEN(0),
  /** For ever, and then it was a live leaf. */
  LIVE_LEAF(1),
  /** For ever, and then it was a rejected leaf, which a later resolution may select again. */
  REJECTED_LEAF(2),
  /** For ever, and kept since others are built on it, clash with it, or are void by it. */
  INNER(3);

  private static final CompactionState[] BY_CODE = values();

  private final int code;

  CompactionState(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * The value with this {@link #code}.
   *
   * @throws IllegalArgumentException for a code that this release does not know
   */
  public static CompactionState ofCode(int code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException(
          "compaction state " + code + " is unknown to this release");
    }
    return BY_CODE[code];
  }
}
