package dev.anabranch.connectors.mysql.connection;

import dev.anabranch.model.Shards;
import java.io.Serializable;
import java.util.BitSet;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** A set of shards, written as ranges: {@code 0-255} or {@code 0-127,300,400-511}. */
public final class ShardRanges implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  private final BitSet shards;

  private ShardRanges(BitSet shards) {
    this.shards = shards;
  }

  /** No shards: for a database whose part is read from itself. */
  public static ShardRanges none() {
    return new ShardRanges(new BitSet());
  }

  /** The shards from first to last, both included. */
  public static ShardRanges of(int first, int last) {
    return parse(first + "-" + last);
  }

  /**
   * Reads ranges, in any order.
   *
   * @throws IllegalArgumentException if the text is not a list of ranges, or names a shard twice
   */
  public static ShardRanges parse(String text) {
    var shards = new BitSet();
    for (var part : text.split(",", -1)) {
      var range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw new IllegalArgumentException(
            "shards '" + text + "' is no list of ranges; write e.g. 0-255 or 0-127,300");
      }
      var first = Integer.parseInt(range.group(1));
      var last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first || last >= Shards.MAX_SHARDS) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "shards '%s': %s must run upwards and end below %d",
                text,
                part,
                Shards.MAX_SHARDS));
      }
      var before = shards.cardinality();
      shards.set(first, last + 1);
      if (shards.cardinality() != before + last - first + 1) {
        throw new IllegalArgumentException("shards '" + text + "' name a shard twice");
      }
    }
    return new ShardRanges(shards);
  }

  public static ShardRanges ofBits(BitSet shards) {
    return new ShardRanges((BitSet) shards.clone());
  }

  public boolean isEmpty() {
    return shards.isEmpty();
  }

  public boolean contains(int shard) {
    return shards.get(shard);
  }

  /** The shards, ascending. */
  public int[] toArray() {
    return shards.stream().toArray();
  }

  public BitSet bits() {
    return (BitSet) shards.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShardRanges ranges && shards.equals(ranges.shards);
  }

  @Override
  public int hashCode() {
    return shards.hashCode();
  }

  @Override
  public String toString() {
    if (shards.isEmpty()) {
      return "none";
    }
    var ranges = new StringJoiner(",");
    for (var first = shards.nextSetBit(0); first >= 0; ) {
      var end = shards.nextClearBit(first);
      ranges.add(end == first + 1 ? "" + first : first + "-" + (end - 1));
      first = shards.nextSetBit(end);
    }
    return ranges.toString();
  }
}
