package dev.anabranch.cli.verify;

/** A set of 64-bit hashes in one array: 16 to 32 bytes for each. */
final class LongSet {

  private static final int INITIAL_CAPACITY = 64;

  private long[] table = new long[INITIAL_CAPACITY];
  private int size;
  private boolean hasZero;

  /** Whether it was not in the set. */
  boolean add(long value) {
    if (value == 0) {
      var added = !hasZero;
      hasZero = true;
      return added;
    }
    if (2 * size >= table.length) {
      grow();
    }
    var added = put(table, value);
    size += added ? 1 : 0;
    return added;
  }

  private static boolean put(long[] table, long value) {
    var mask = table.length - 1;
    var slot = (int) value & mask;
    while (table[slot] != 0) {
      if (table[slot] == value) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = value;
    return true;
  }

  private void grow() {
    var larger = new long[Math.multiplyExact(table.length, 2)];
    for (var value : table) {
      if (value != 0) {
        put(larger, value);
      }
    }
    table = larger;
  }
}
