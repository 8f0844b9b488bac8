package dev.anabranch.playground.cluster;

import java.util.Locale;
import java.util.Optional;

/**
 * What became of commands, as two counters tell.
 *
 * @param in commands taken in
 * @param errors those answered with an error, which is a dead letter and no outcome
 */
record ErrorShare(long in, long errors) {

  /** Fewer errors than this may be single commands that any release refuses. */
  static final int ERRORS_TO_JUDGE = 3;

  /** So much more of all commands may end in an error than did with the release before. */
  static final double TOLERATED_SHARE = 0.05;

  /**
   * Why a release whose counts these are is worse than the one before it. Empty if it is not, or if
   * too little was handled to tell.
   */
  Optional<String> worseThan(ErrorShare before) {
    if (errors < ERRORS_TO_JUDGE || share() <= before.share() + TOLERATED_SHARE) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "it answered %d of %d commands with an error, the release before %d of %d; the dead"
                + " letters say why",
            errors,
            in,
            before.errors,
            before.in));
  }

  private double share() {
    return in == 0 ? 0 : (double) errors / in;
  }
}
