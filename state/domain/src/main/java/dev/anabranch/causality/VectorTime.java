package dev.anabranch.causality;

import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A vector time: per region a count (or time), of which only growth has a meaning. Immutable; an
 * entry of 0 and a missing one are the same. Partially ordered: two times may be concurrent.
 *
 * <p>Few regions, read far more often than made: two sorted arrays, no map.
 */
public final class VectorTime {

  public static final VectorTime ZERO = new VectorTime(new RegionId[0], new long[0]);

  private final RegionId[] regions;
  private final long[] values;

  /** Takes over arrays: regions ascending, each with a value above 0. */
  private VectorTime(RegionId[] regions, long[] values) {
    this.regions = regions;
    this.values = values;
  }

  /**
   * A time with these entries.
   *
   * @throws IllegalArgumentException if a value is negative
   */
  public static VectorTime of(Map<RegionId, Long> entries) {
    var sorted = new TreeMap<RegionId, Long>(entries);
    sorted.forEach(VectorTime::checkNotNegative);
    sorted.values().removeIf(value -> value == 0);
    if (sorted.isEmpty()) {
      return ZERO;
    }
    return new VectorTime(
        sorted.keySet().toArray(new RegionId[0]),
        sorted.values().stream().mapToLong(Long::longValue).toArray());
  }

  /**
   * Makes a time of regions in ascending order with values above 0, which is how times are stored.
   * The arrays are taken over.
   *
   * @throws IllegalArgumentException if they are in another order or a value is 0 or negative
   */
  public static VectorTime ofSorted(RegionId[] regions, long[] values) {
    if (regions.length != values.length) {
      throw new IllegalArgumentException(
          regions.length + " regions with " + values.length + " values; give each its value");
    }
    for (var i = 0; i < regions.length; i++) {
      if (values[i] <= 0) {
        throw new IllegalArgumentException(
            "the time of region " + regions[i] + " must be above 0, is " + values[i]);
      }
      if (i > 0 && regions[i - 1].compareTo(regions[i]) >= 0) {
        throw new IllegalArgumentException(
            "region " + regions[i] + " must come before " + regions[i - 1] + ", and each once");
      }
    }
    return regions.length == 0 ? ZERO : new VectorTime(regions, values);
  }

  public long get(RegionId region) {
    var at = indexOf(region);
    return at < 0 ? 0 : values[at];
  }

  /** This time with one entry replaced; 0 removes it. */
  public VectorTime with(RegionId region, long value) {
    checkNotNegative(region, value);
    var at = indexOf(region);
    if (value == 0) {
      return at < 0 ? this : without(at);
    }
    if (at >= 0) {
      if (values[at] == value) {
        return this;
      }
      var replaced = values.clone();
      replaced[at] = value;
      return new VectorTime(regions, replaced);
    }
    var insertAt = -at - 1;
    var newRegions = Arrays.copyOf(regions, regions.length + 1);
    var newValues = Arrays.copyOf(values, values.length + 1);
    System.arraycopy(regions, insertAt, newRegions, insertAt + 1, regions.length - insertAt);
    System.arraycopy(values, insertAt, newValues, insertAt + 1, values.length - insertAt);
    newRegions[insertAt] = region;
    newValues[insertAt] = value;
    return new VectorTime(newRegions, newValues);
  }

  /** The least time that is not before either: the greater entry of each region. */
  public VectorTime merge(VectorTime other) {
    if (other.isBeforeOrEqual(this)) {
      return this;
    }
    if (isBeforeOrEqual(other)) {
      return other;
    }
    var merged = this;
    for (var i = 0; i < other.regions.length; i++) {
      if (other.values[i] > merged.get(other.regions[i])) {
        merged = merged.with(other.regions[i], other.values[i]);
      }
    }
    return merged;
  }

  /** The greatest time that is after neither: the lesser entry of each region. */
  public VectorTime least(VectorTime other) {
    if (isBeforeOrEqual(other)) {
      return this;
    }
    if (other.isBeforeOrEqual(this)) {
      return other;
    }
    var least = this;
    for (var i = 0; i < regions.length; i++) {
      least = least.with(regions[i], Math.min(values[i], other.get(regions[i])));
    }
    return least;
  }

  /** The entries of this time that the other one does not reach. */
  public VectorTime beyond(VectorTime other) {
    var beyond = this;
    for (var i = 0; i < regions.length; i++) {
      if (values[i] <= other.get(regions[i])) {
        beyond = beyond.with(regions[i], 0);
      }
    }
    return beyond;
  }

  /** Whether the dot is among the commits that this time counts. */
  public boolean covers(Dot dot) {
    return dot.n() <= get(dot.origin());
  }

  public boolean isBefore(VectorTime other) {
    return isBeforeOrEqual(other) && !equals(other);
  }

  public boolean isBeforeOrEqual(VectorTime other) {
    for (var i = 0; i < regions.length; i++) {
      if (values[i] > other.get(regions[i])) {
        return false;
      }
    }
    return true;
  }

  public boolean isAfter(VectorTime other) {
    return other.isBefore(this);
  }

  public boolean isConcurrentWith(VectorTime other) {
    return !isBeforeOrEqual(other) && !other.isBeforeOrEqual(this);
  }

  /** The entries above 0, by region. */
  public SortedMap<RegionId, Long> entries() {
    var entries = new TreeMap<RegionId, Long>();
    for (var i = 0; i < regions.length; i++) {
      entries.put(regions[i], values[i]);
    }
    return Collections.unmodifiableSortedMap(entries);
  }

  /** How many entries are above 0. */
  public int size() {
    return regions.length;
  }

  /** Region of the entry with this index, 0 to {@link #size} - 1, ascending. */
  public RegionId regionAt(int index) {
    return regions[index];
  }

  /** Value of the entry with this index. */
  public long valueAt(int index) {
    return values[index];
  }

  /** A compact form, equal for equal times; {@link #decode} reads it. */
  public byte[] encode() {
    return VectorTimeFormat.encode(this);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are not those of {@link #encode}
   */
  public static VectorTime decode(byte[] encoded) {
    return VectorTimeFormat.decode(encoded);
  }

  /** The encoded time as URL-safe text, for headers and query strings. */
  public String token() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(encode());
  }

  /**
   * Reads a {@link #token}.
   *
   * @throws IllegalArgumentException if the text is no {@link #token}
   */
  public static VectorTime fromToken(String token) {
    byte[] encoded;
    try {
      encoded = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a revision token is base64url text; pass on the token of a reply unchanged", e);
    }
    return decode(encoded);
  }

  private VectorTime without(int at) {
    if (regions.length == 1) {
      return ZERO;
    }
    var newRegions = Arrays.copyOf(regions, regions.length - 1);
    var newValues = Arrays.copyOf(values, values.length - 1);
    System.arraycopy(regions, at + 1, newRegions, at, newRegions.length - at);
    System.arraycopy(values, at + 1, newValues, at, newValues.length - at);
    return new VectorTime(newRegions, newValues);
  }

  /** Index of the region, else {@code -(insertion point) - 1}. */
  private int indexOf(RegionId region) {
    for (var i = 0; i < regions.length; i++) {
      var order = regions[i].compareTo(region);
      if (order >= 0) {
        return order == 0 ? i : -i - 1;
      }
    }
    return -regions.length - 1;
  }

  private static void checkNotNegative(RegionId region, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "the time of region " + region + " must not be negative, is " + value);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VectorTime time
        && Arrays.equals(regions, time.regions)
        && Arrays.equals(values, time.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(regions) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("{");
    for (var i = 0; i < regions.length; i++) {
      text.append(i == 0 ? "" : ",").append(regions[i]).append(':').append(values[i]);
    }
    return text.append('}').toString();
  }
}
