package dev.anabranch.query;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;

/**
 * What somebody asked for about an aggregate's parked rows.
 *
 * @param position of the row that was asked about: the request has no meaning any more once another
 *     row of the aggregate is the first
 */
public record ParkedRequest(
    VersionId version, LogPosition position, AggregateKey aggregate, Action action) {

  public int shard() {
    return position.shard();
  }

  /** What is to become of the first parked row; the ones behind it are tried again either way. */
  public enum Action {
    RETRY(1),
    DISCARD(2);

    private final int code;

    Action(int code) {
      this.code = code;
    }

    /** Stored: never renumber. 0 means that nothing was asked for. */
    public int code() {
      return code;
    }

    /**
     * @throws IllegalArgumentException for a code that this release does not know
     */
    public static Action ofCode(int code) {
      return switch (code) {
        case 1 -> RETRY;
        case 2 -> DISCARD;
        default -> throw new IllegalArgumentException("unknown request " + code);
      };
    }
  }
}
