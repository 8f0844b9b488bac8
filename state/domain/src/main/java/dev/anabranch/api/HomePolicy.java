package dev.anabranch.api;

import dev.anabranch.causality.RegionId;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where an aggregate lives until a commit moves it: a pure function of its type and id and of a
 * versioned configuration, the same in every region.
 */
@FunctionalInterface
public interface HomePolicy {

  /** Home of the aggregate. */
  RegionId home(String type, String id);

  /** All aggregates live in one region. */
  static HomePolicy fixed(RegionId region) {
    Objects.requireNonNull(region, "region");
    return (type, id) -> region;
  }

  /**
   * By the start of the id: the longest prefix that matches decides, else the default. The prefixes
   * are part of the configuration: changing one moves homes without a commit, so don't.
   */
  static HomePolicy byIdPrefix(SortedMap<String, RegionId> prefixes, RegionId otherwise) {
    var sorted = new TreeMap<>(prefixes);
    return (type, id) -> {
      for (var length = id.length(); length > 0; length--) {
        var region = sorted.get(id.substring(0, length));
        if (region != null) {
          return region;
        }
      }
      return otherwise;
    };
  }
}
