package dev.anabranch.versions;

/** Whether a commit counts, and if not, why. The codes are stored: never renumber. */
public enum CommitStatus {
  /** It counts. */
  COUNTS(0),
  /** Only its tombstone is here. */
  HOLLOW(1),
  /** A void alias: its command was accepted elsewhere, earlier in (hlc, dot) order. */
  TWIN(2),
  /** A resolution that names a version which it had not seen: void. */
  UNSEEN(3),
  /** A resolution that an earlier one, unseen by it, contradicts: void. */
  CLASH(4),
  /** A resolution that would leave no live branch: void. */
  NOTHING_LEFT(5);

  private static final CommitStatus[] BY_CODE = values();

  private final int code;

  CommitStatus(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Whether the commit is here, and does not count. */
  public boolean isVoid() {
    return this != COUNTS && this != HOLLOW;
  }

  /**
   * The status with this {@link #code}.
   *
   * @throws IllegalArgumentException for a code that this release does not know
   */
  public static CommitStatus ofCode(int code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("status " + code + " is unknown to this release");
    }
    return BY_CODE[code];
  }
}
