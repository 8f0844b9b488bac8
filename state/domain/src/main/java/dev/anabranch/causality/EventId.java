package dev.anabranch.causality;

import org.jspecify.annotations.Nullable;

/**
 * Identity of one event, the same in every region and release: its commit, and its place in it.
 *
 * @param index of the event as it is stored in its commit, from 0
 * @param part which of the events that upcasters made of the stored one, from 0
 */
public record EventId(Dot commit, int index, int part) implements Comparable<EventId> {

  public EventId {
    if (index < 0 || part < 0) {
      throw new IllegalArgumentException(
          "index and part of an event count from 0, not " + index + " and " + part);
    }
  }

  public RegionId origin() {
    return commit.origin();
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is written in any other way
   */
  public static EventId parse(String text) {
    var colon = text.indexOf(':');
    var numbers = text.substring(colon + 1).split("\\.", -1);
    if (colon > 0 && numbers.length <= 3) {
      try {
        var commit = new Dot(new RegionId(text.substring(0, colon)), Long.parseLong(numbers[0]));
        var index = numbers.length > 1 ? Integer.parseInt(numbers[1]) : 0;
        var part = numbers.length > 2 ? Integer.parseInt(numbers[2]) : 0;
        var id = new EventId(commit, index, part);
        if (id.toString().equals(text)) {
          return id;
        }
      } catch (IllegalArgumentException e) {
        throw malformed(text, e);
      }
    }
    throw malformed(text, null);
  }

  @Override
  public int compareTo(EventId other) {
    var byCommit = commit.compareTo(other.commit);
    if (byCommit != 0) {
      return byCommit;
    }
    var byIndex = Integer.compare(index, other.index);
    return byIndex != 0 ? byIndex : Integer.compare(part, other.part);
  }

  /** {@code eu-west:17}, {@code eu-west:17.2} or {@code eu-west:17.2.1}: zeros are left out. */
  @Override
  public String toString() {
    if (part > 0) {
      return commit + "." + index + "." + part;
    }
    return index > 0 ? commit + "." + index : commit.toString();
  }

  private static IllegalArgumentException malformed(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is no event id; write region:n, region:n.index or region:n.index.part, e.g."
            + " eu-west:17.2",
        cause);
  }
}
