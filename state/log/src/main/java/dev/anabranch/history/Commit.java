package dev.anabranch.history;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ResolutionBlob;
import dev.anabranch.wire.blob.WireFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A commit whose bytes were read: a row that has a dot, so also a resolution, a home move or a
 * tombstone. A task makes it once, where the row comes in, and hands on nothing else. Whoever gets
 * one need not ask whether there is a dot, nor decode again.
 *
 * <p>What is stored and sent stays the row, byte for byte.
 *
 * <p><b>Threads.</b> One at a time; it says the same for ever.
 */
public final class Commit {

  private final Outcome outcome;
  private final Dot dot;
  private final Causality causality;

  /** Why its causality can't be read; empty: it can. */
  private final String problem;

  /** It is made when it is first asked for: nobody needs it of a type without a graph. */
  private @Nullable VersionNode node;

  private Commit(Outcome outcome, Dot dot, Causality causality, String problem) {
    this.outcome = outcome;
    this.dot = dot;
    this.causality = causality;
    this.problem = problem;
  }

  /**
   * Reads the commit that stands in a row.
   *
   * @throws WireFormatException if the row is no commit, or its causality is malformed
   */
  public static Commit of(Outcome outcome) {
    return new Commit(
        outcome, dotOf(outcome), CausalityBlob.decode(outcome.blobs().causality()), "");
  }

  /**
   * Reads a commit that stands in the own log, so that others build on it, whether it can be read
   * or not. One that can't has a {@link #problem}, and no causality.
   *
   * @throws WireFormatException if the row is no commit
   */
  public static Commit stored(Outcome outcome) {
    try {
      return of(outcome);
    } catch (WireFormatException e) {
      return new Commit(
          outcome,
          dotOf(outcome),
          Causality.NONE,
          "the causality of commit " + outcome.dot() + " can't be read: " + e.getMessage());
    }
  }

  /**
   * The commit that was just decided.
   *
   * @param causality what the outcome's blob says
   * @throws WireFormatException if the outcome has no dot
   */
  public static Commit decided(Outcome outcome, Causality causality) {
    return new Commit(outcome, dotOf(outcome), causality, "");
  }

  private static Dot dotOf(Outcome outcome) {
    var dot = outcome.dot();
    if (dot == null) {
      throw new WireFormatException("a " + outcome.kind() + " row has no dot, so it is no commit");
    }
    return dot;
  }

  /** Returns this commit as a row of the log of another region. */
  public Commit adopted(long version, String slot, long writer) {
    var stamp = new Stamp(writer, hlc(), outcome.stamp().occurredAtMicros());
    return row(version, slot, stamp);
  }

  /** Returns this commit as a row of the same log in another slot. */
  public Commit inSlot(String slot) {
    return row(outcome.version(), slot, outcome.stamp());
  }

  private Commit row(long version, String slot, Stamp stamp) {
    var row =
        new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            version,
            outcome.commandId(),
            slot,
            dot,
            stamp,
            outcome.blobs());
    var commit = new Commit(row, dot, causality, problem);
    commit.node = node;
    return commit;
  }

  /** The row as it is stored. */
  public Outcome outcome() {
    return outcome;
  }

  public Dot dot() {
    return dot;
  }

  public RowKind kind() {
    return outcome.kind();
  }

  /** Whether a filter has withheld what the commit says. */
  public boolean isTombstone() {
    return outcome.kind() == RowKind.TOMBSTONE;
  }

  /** Hybrid logical time of the commit. */
  public long hlc() {
    return outcome.stamp().hlc();
  }

  public Causality causality() {
    return causality;
  }

  /** Why its causality can't be read, so that it can't be merged; empty: it can. */
  public String problem() {
    return problem;
  }

  /** Per origin, how many of the aggregate's commits the decider had applied. */
  public VectorTime context() {
    return causality.context();
  }

  /** The events as they are stored. */
  public byte[] events() {
    return outcome.blobs().events();
  }

  /** What the gate must know. */
  public Arrival arrival() {
    return new Arrival(dot, hlc(), context(), isTombstone());
  }

  /** Where the first event stands; what folds the commit needs it. */
  public EventContext eventContext() {
    return EventContext.of(dot, context(), hlc());
  }

  /**
   * What the graph keeps.
   *
   * @throws WireFormatException if the commit contradicts itself, or its resolution is malformed
   */
  public VersionNode node() {
    var known = node;
    if (known == null) {
      known = makeNode();
      node = known;
    }
    return known;
  }

  private VersionNode makeNode() {
    var resolution =
        outcome.kind() == RowKind.RESOLUTION
            ? ResolutionBlob.fromEvents(EventsBlob.decode(events()))
            : null;
    try {
      return new VersionNode(
          dot,
          hlc(),
          outcome.kind(),
          causality.context(),
          causality.parents(),
          causality.resolverId(),
          outcome.commandId(),
          resolution);
    } catch (IllegalArgumentException e) {
      throw new WireFormatException(e.getMessage() + "; the row is damaged", e);
    }
  }

  @Override
  public String toString() {
    return outcome.kind() + " " + dot + " of " + outcome.aggregate();
  }
}
