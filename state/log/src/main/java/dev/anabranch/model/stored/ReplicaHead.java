package dev.anabranch.model.stored;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Stability;
import dev.anabranch.model.view.VoidCommit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the cross-region job reads and writes with each commit of an aggregate; the graph's entries,
 * what is held and the states are kept beside it.
 *
 * @param merging how the aggregate's commits become a state
 * @param applied per origin, the number of the last commit applied
 * @param hlc greatest hybrid logical time among them
 * @param last the last commit folded, where there is no graph; null: none yet
 * @param held how many commits wait for others
 * @param heldSinceMillis wall clock when the first of them came; 0: none waits
 * @param compactAt number of open graph entries at which compaction is tried next
 * @param heard what is known of what the other regions have; where there is a graph, or the state
 *     is one of replicated data types
 * @param inLog what the own region's log has, as far as it was read here: whatever the region's
 *     command job decides later was decided on all of it. Other than {@code applied}, which has
 *     commits that are still on their way to the command job
 * @param voided commits that do not count, by dot
 * @param problem why there is no state; empty: nothing is wrong
 */
public record ReplicaHead(
    Merging merging,
    VectorTime applied,
    long hlc,
    @Nullable Dot last,
    int held,
    long heldSinceMillis,
    int compactAt,
    Stability heard,
    VectorTime inLog,
    List<VoidCommit> voided,
    String problem) {

  /** How commits become a state. The codes are stored: never renumber. */
  public enum Merging {
    /** Not at all: the type is unknown to the job. Commits are let pass in causal order. */
    RELAY,
    /** Folded in the order in which they are let pass: nothing is concurrent, or all commutes. */
    FOLD,
    /** By a version graph. */
    GRAPH,
    /** Not yet: the aggregate's commits are being read from the region's store. */
    FILLING
  }

  /** The head of an aggregate of which nothing was applied. */
  public static ReplicaHead empty(Merging merging) {
    return new ReplicaHead(
        merging, VectorTime.ZERO, 0, null, 0, 0, 0, Stability.NONE, VectorTime.ZERO, List.of(), "");
  }

  public ReplicaHead {
    voided = List.copyOf(voided);
  }

  public ReplicaHead withHeld(int count, long sinceMillis) {
    return new ReplicaHead(
        merging, applied, hlc, last, count, sinceMillis, compactAt, heard, inLog, voided, problem);
  }

  public ReplicaHead withProblem(String newProblem) {
    return new ReplicaHead(
        merging,
        applied,
        hlc,
        last,
        held,
        heldSinceMillis,
        compactAt,
        heard,
        inLog,
        voided,
        newProblem);
  }

  public ReplicaHead withVoided(List<VoidCommit> newVoided) {
    return new ReplicaHead(
        merging,
        applied,
        hlc,
        last,
        held,
        heldSinceMillis,
        compactAt,
        heard,
        inLog,
        newVoided,
        problem);
  }

  public ReplicaHead withCompactAt(int open) {
    return new ReplicaHead(
        merging, applied, hlc, last, held, heldSinceMillis, open, heard, inLog, voided, problem);
  }

  /** After the own log was seen to have a commit that was applied. */
  public ReplicaHead seenInLog(Dot dot, VectorTime context) {
    var now = inLog.merge(context.with(dot.origin(), Math.max(dot.n(), context.get(dot.origin()))));
    return now.equals(inLog)
        ? this
        : new ReplicaHead(
            merging,
            applied,
            hlc,
            last,
            held,
            heldSinceMillis,
            compactAt,
            heard,
            now,
            voided,
            problem);
  }

  /** After a commit was applied. */
  public ReplicaHead applied(
      VectorTime nowApplied, long commitHlc, @Nullable Dot nowLast, Stability nowHeard) {
    return new ReplicaHead(
        merging,
        nowApplied,
        Math.max(hlc, commitHlc),
        nowLast,
        held,
        heldSinceMillis,
        compactAt,
        nowHeard,
        inLog,
        voided,
        problem);
  }

  /** How many commits were applied: grows with what is known. */
  public long position() {
    var sum = 0L;
    for (var i = 0; i < applied.size(); i++) {
      sum += applied.valueAt(i);
    }
    return sum;
  }
}
