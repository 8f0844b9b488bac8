package dev.anabranch.gate;

import dev.anabranch.causality.Dot;

/** What the gate says about a commit that arrived. */
public sealed interface GateVerdict {

  /**
   * It was applied before: drop it. If it originates here and came from outside, compare the bytes
   * with those of the own row first, and raise an alarm if they differ.
   */
  record Duplicate(boolean ownFromOutside) implements GateVerdict {}

  /**
   * Something that it depends on is missing: keep it.
   *
   * @param waitsFor one dot that is missing; ask again when it has been applied
   * @param behindOwnPast whether the commit originates here although this region does not have it
   */
  record Hold(Dot waitsFor, boolean behindOwnPast) implements GateVerdict {}

  /**
   * Everything that it depends on was applied: apply it.
   *
   * @param behindOwnPast whether the commit originates here although this region does not have it:
   *     the store was restored from a backup, and must take its own commits back before it accepts
   *     commands for the aggregate
   */
  record Release(boolean behindOwnPast) implements GateVerdict {}

  /** The payload of a dot of which only the tombstone was applied: store it, derive again. */
  record Fill() implements GateVerdict {}
}
