package dev.anabranch.model.view;

import java.util.Locale;

/** How a conflict stands. The codes are stored and published: never renumber. */
public enum ConflictStatus {
  /** Several versions are live, and a person must choose. */
  OPENED(1),
  /** Still so, with other live branches. */
  EXTENDED(2),
  /** One version is live again, or a declared resolver made one state of several. */
  RESOLVED(3),
  /** A commit does not count, though it once did, or it was about to. */
  VOIDED(4),
  /** A void commit counts again. */
  RESTORED(5);

  private static final ConflictStatus[] BY_CODE = {
    null, OPENED, EXTENDED, RESOLVED, VOIDED, RESTORED
  };

  private final int code;

  ConflictStatus(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Whether somebody has to act. */
  public boolean isOpen() {
    return this == OPENED || this == EXTENDED;
  }

  /** The status as it is written in headers and tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The status with this {@link #code}.
   *
   * @throws IllegalArgumentException for a code that this release does not know
   */
  public static ConflictStatus ofCode(int code) {
    if (code < 1 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("conflict status " + code + " is unknown to this release");
    }
    return BY_CODE[code];
  }
}
