package dev.anabranch.operators.command.aggregate;

import java.util.BitSet;

/**
 * What has changed in a cache: the places whose aggregate differs from the keyed state, each with a
 * mark whether it has changed since it was last looked at; and the bytes of all of them.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class DirtySlots {

  private final BitSet changed = new BitSet();
  private final BitSet recently = new BitSet();
  private long bytes;

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

  /** The aggregate of a place has got another one, which no aggregate has any more. */
  void moved(int from, int to) {
    changed.set(to, changed.get(from));
    recently.set(to, recently.get(from));
    written(from);
  }

  /** Estimate of what the states of all places take. */
  long bytes() {
    return bytes;
  }

  void grew(long more) {
    bytes += more;
  }
}
