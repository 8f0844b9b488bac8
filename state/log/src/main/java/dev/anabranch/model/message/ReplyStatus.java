package dev.anabranch.model.message;

import dev.anabranch.api.Quoted;
import dev.anabranch.model.RowKind;

/** How a command ended. All but {@link #ERROR} are durable outcomes. The codes are published. */
public enum ReplyStatus {
  /** Its events are stored. */
  ACCEPTED("accepted"),
  /** It was fine and changed nothing. */
  UNCHANGED("unchanged"),
  /** The domain, or its expected version, refused it. */
  REJECTED("rejected"),
  /** It has no outcome: nothing is stored, and a repeat is handled again. */
  ERROR("error");

  private final String code;

  ReplyStatus(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }

  public static ReplyStatus of(RowKind kind) {
    return switch (kind) {
      case REJECTED -> REJECTED;
      case UNCHANGED -> UNCHANGED;
      case COMMIT, RESOLUTION, HOME_MOVE -> ACCEPTED;
      case TOMBSTONE, MOVED ->
          throw new IllegalArgumentException("a row of kind " + kind + " answers no command");
    };
  }

  /**
   * The status with this {@link #code}.
   *
   * @throws IllegalArgumentException for a code that this release does not know
   */
  public static ReplyStatus ofCode(String code) {
    for (var status : values()) {
      if (status.code.equals(code)) {
        return status;
      }
    }
    throw new IllegalArgumentException("unknown reply status " + Quoted.of(code));
  }
}
