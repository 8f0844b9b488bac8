package dev.anabranch.query;

/**
 * One build of a projection's tables.
 *
 * @param version 1, 2, 3 ... in the order in which they were begun
 */
public record VersionId(String projection, int version) {
  @Override
  public String toString() {
    return projection + " v" + version;
  }
}
