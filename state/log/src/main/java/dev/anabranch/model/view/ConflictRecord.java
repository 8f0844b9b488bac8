package dev.anabranch.model.view;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a conflict of one aggregate in one region.
 *
 * <p>After a restart the records since the last checkpoint come again, perhaps with other ones
 * between, as remote commits may come in another order. The one with the greatest position counts;
 * at most one conflict of an aggregate is open, so it also closes every other one.
 *
 * @param conflictId {@link #idOf} the two earliest of its live branches, or of the void commit; the
 *     same again if it is opened once more
 * @param position number of commits applied to the aggregate; grows with what is known
 * @param revision per origin, how many of them
 * @param hlc greatest hybrid logical time among them
 * @param occurredAtMicros wall clock of the region when it came to know
 * @param live the live branches that the status speaks of, in (hlc, dot) order
 * @param settlement null as long as nothing is settled
 * @param problem why no declared resolver made one state of them; else empty
 */
public record ConflictRecord(
    String region,
    AggregateKey aggregate,
    String conflictId,
    ConflictStatus status,
    long position,
    VectorTime revision,
    long hlc,
    long occurredAtMicros,
    List<VersionState> live,
    @Nullable Settlement settlement,
    String problem) {

  public ConflictRecord {
    live = List.copyOf(live);
  }

  /** Returns the record without any state, which some reader could not take. */
  public ConflictRecord withoutStates(String why) {
    return new ConflictRecord(
        region,
        aggregate,
        conflictId,
        status,
        position,
        revision,
        hlc,
        occurredAtMicros,
        live.stream().map(VersionState::withoutState).toList(),
        settlement,
        problem.isEmpty() ? why : problem);
  }

  /** The id of a conflict that these two versions opened. */
  public static String idOf(Dot first, Dot second) {
    return first + "+" + second;
  }

  /** The id under which a void commit is told of. */
  public static String idOf(Dot voided) {
    return "void " + voided;
  }

  /**
   * What settled a conflict, or made a commit void.
   *
   * @param by the commit that did; null if a resolver did it, or no commit in particular
   * @param how {@code resolver}, {@code resolution}, {@code commit}; of a void commit the reason
   * @param resolverId empty: no resolver was needed
   * @param selected the version that somebody chose; null if nobody did
   * @param who who chose; empty: nobody, or it is not known
   */
  public record Settlement(
      @Nullable Dot by,
      String how,
      String resolverId,
      @Nullable Dot selected,
      String who,
      String why) {}
}
