package dev.anabranch.operators.command.aggregate;

/**
 * About the last so many hashes that were added: a later one takes the place of an earlier one that
 * shares its place. Who asks may be told yes wrongly, or no too early.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class RecentHashes {

  /** A place for each hash, at its upper bits after mixing; zero where there is none. */
  private final int[] hashes;

  private final int shift;

  RecentHashes(int capacity) {
    var bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, capacity - 1));
    hashes = new int[1 << bits];
    shift = 32 - bits;
  }

  void add(int hash) {
    hashes[place(hash)] = hash;
  }

  boolean contains(int hash) {
    return hash != 0 && hashes[place(hash)] == hash;
  }

  /** Fibonacci hashing (Knuth): string hashes differ mostly in their lower bits. */
  private int place(int hash) {
    return (hash * 0x9E3779B9) >>> shift;
  }
}
