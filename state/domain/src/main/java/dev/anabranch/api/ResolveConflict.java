package dev.anabranch.api;

import dev.anabranch.causality.Dot;
import java.util.HashSet;
import java.util.List;

/**
 * The command that settles a conflict: somebody's choice between live branches. Its type is {@link
 * #TYPE} for every aggregate type; no domain registers it.
 *
 * @param winner the live branch that stays
 * @param rejected the live branches that go; versions that are not named stay as they are
 * @param merge events to append to the winner, as the type's event codec would write them; empty:
 *     the winner stays as it is
 * @param reason why, for whoever reads the log later; may be empty
 * @param who who chose; not checked against anything
 */
public record ResolveConflict(
    Dot winner, List<Dot> rejected, List<EncodedMessage> merge, String reason, String who) {

  /** Name of the command as sent. */
  public static final String TYPE = "anabranch.ResolveConflict";

  public static final int SCHEMA_VERSION = 1;

  public static final int MAX_REJECTED = 1_000;
  public static final int MAX_EVENTS = 1_000;
  public static final int MAX_REASON_LENGTH = 2_000;
  public static final int MAX_WHO_LENGTH = 200;

  /**
   * @throws IllegalArgumentException naming the field that breaks a rule, and the remedy
   */
  public ResolveConflict {
    rejected = List.copyOf(rejected);
    merge = List.copyOf(merge);
    require(
        rejected.size() <= MAX_REJECTED,
        "rejected names " + rejected.size() + " versions; name " + MAX_REJECTED + " at most");
    var named = new HashSet<Dot>(rejected);
    require(named.size() == rejected.size(), "rejected names a version twice; name each once");
    require(
        !named.contains(winner),
        "the winner " + winner + " is among the rejected versions; leave it out there");
    require(
        !rejected.isEmpty() || !merge.isEmpty(),
        "it rejects nothing and merges nothing; name the versions to reject");
    require(
        merge.size() <= MAX_EVENTS,
        "merge has " + merge.size() + " events; send " + MAX_EVENTS + " at most");
    require(
        reason.length() <= MAX_REASON_LENGTH,
        "the reason is longer than " + MAX_REASON_LENGTH + " characters; shorten it");
    require(
        who.length() <= MAX_WHO_LENGTH,
        "who is longer than " + MAX_WHO_LENGTH + " characters; shorten it");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
