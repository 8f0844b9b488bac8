package dev.anabranch.model.stored;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The newest commands of an aggregate: a bounded sequence of (hash of command id, shard offset of
 * its row), oldest first. A hit must be confirmed with the row, since hashes may collide.
 *
 * <p><b>Cost.</b> Adding is O(1) amortized: a window and the one made from it by {@link #with}
 * share arrays to which the newer one only appends, so no window ever changes. Adding twice to the
 * same window copies.
 *
 * <p><b>Threads.</b> Reading is safe everywhere; {@link #with}, on windows that stem from each
 * other, belongs to one thread.
 */
public final class CommandWindow {

  public static final CommandWindow EMPTY = new CommandWindow(new Backing(0), 0, 0);

  private static final int MIN_CAPACITY = 8;

  private final Backing backing;
  private final int start;
  private final int end;

  private CommandWindow(Backing backing, int start, int end) {
    this.backing = backing;
    this.start = start;
    this.end = end;
  }

  /** Takes over the arrays, oldest first. */
  public static CommandWindow of(long[] hashes, long[] offsets) {
    if (hashes.length != offsets.length) {
      throw new IllegalArgumentException(
          hashes.length + " hashes with " + offsets.length + " offsets; give each its offset");
    }
    return hashes.length == 0
        ? EMPTY
        : new CommandWindow(new Backing(hashes, offsets), 0, hashes.length);
  }

  /**
   * This window with one more command; the oldest go until at most {@code limit} are left.
   *
   * @param limit at least 1
   */
  public CommandWindow with(long hash, long offset, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a command window holds 1 or more, not " + limit);
    }
    var newStart = Math.max(start, end + 1 - limit);
    if (backing.used == end && backing.append(hash, offset)) {
      return new CommandWindow(backing, newStart, end + 1);
    }
    var kept = end - newStart;
    var larger = new Backing(Math.max(MIN_CAPACITY, 2 * (kept + 1)));
    System.arraycopy(backing.hashes, newStart, larger.hashes, 0, kept);
    System.arraycopy(backing.offsets, newStart, larger.offsets, 0, kept);
    larger.used = kept;
    larger.append(hash, offset);
    return new CommandWindow(larger, 0, kept + 1);
  }

  /** Shard offset of the newest command with this hash; -1: none is in the window. */
  public long offsetOf(long hash) {
    var hashes = backing.hashes;
    for (var i = end - 1; i >= start; i--) {
      if (hashes[i] == hash) {
        return backing.offsets[i];
      }
    }
    return -1;
  }

  public int size() {
    return end - start;
  }

  /** Hash of the command with this index; 0 is the oldest. */
  public long hashAt(int index) {
    return backing.hashes[checked(index)];
  }

  /** Shard offset of the command with this index. */
  public long offsetAt(int index) {
    return backing.offsets[checked(index)];
  }

  /**
   * The 64-bit hash under which windows know a command id. Stored: it never changes. FNV-1a over
   * the UTF-16 units, then MurmurHash3's finalizer, since FNV alone spreads short ids badly.
   */
  public static long hash(String commandId) {
    var hash = 0xcbf29ce484222325L;
    for (var i = 0; i < commandId.length(); i++) {
      hash = (hash ^ commandId.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }

  private int checked(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index + " of " + size());
    }
    return start + index;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CommandWindow window
        && Arrays.equals(
            backing.hashes, start, end, window.backing.hashes, window.start, window.end)
        && Arrays.equals(
            backing.offsets, start, end, window.backing.offsets, window.start, window.end);
  }

  @Override
  public int hashCode() {
    var hash = size();
    for (var i = start; i < end; i++) {
      hash =
          31 * (31 * hash + Long.hashCode(backing.hashes[i])) + Long.hashCode(backing.offsets[i]);
    }
    return hash;
  }

  @Override
  public String toString() {
    return "CommandWindow(" + size() + ")";
  }

  /** Arrays that several windows share; the first {@code used} slots never change. */
  private static final class Backing {
    final long[] hashes;
    final long[] offsets;
    int used;

    Backing(int capacity) {
      this.hashes = new long[capacity];
      this.offsets = new long[capacity];
    }

    Backing(long[] hashes, long[] offsets) {
      this.hashes = hashes;
      this.offsets = offsets;
      this.used = hashes.length;
    }

    boolean append(long hash, long offset) {
      if (used == hashes.length) {
        return false;
      }
      hashes[used] = hash;
      offsets[used] = offset;
      used++;
      return true;
    }
  }
}
