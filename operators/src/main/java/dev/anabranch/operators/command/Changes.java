package dev.anabranch.operators.command;

import java.util.BitSet;

/**
 * The places of a cache whose aggregate differs from the keyed state, each with a mark whether it
 * has changed since it was last looked at.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class Changes {

  private final BitSet changed = new BitSet();
  private final BitSet recently = new BitSet();

  void add(int slot) {
    changed.set(slot);
    recently.set(slot);
  }

  boolean has(int slot) {
    return changed.get(slot);
  }

  /** The first changed place from this one on; -1: there is none. */
  int next(int slot) {
    return changed.nextSetBit(slot);
  }

  /** Whether the place has changed since this was last asked. */
  boolean takeRecent(int slot) {
    var recent = recently.get(slot);
    recently.clear(slot);
    return recent;
  }

  void written(int slot) {
    changed.clear(slot);
    recently.clear(slot);
  }
}
