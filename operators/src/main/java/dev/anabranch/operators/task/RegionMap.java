package dev.anabranch.operators.task;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The regions that replicate to each other, as configured; the same in all of them.
 *
 * @param all names, this region's among them
 * @param home where aggregates with a single home live, unless a prefix says otherwise
 * @param homeByIdPrefix region by start of the aggregate's id; the longest prefix wins
 */
public record RegionMap(List<String> all, String home, TreeMap<String, String> homeByIdPrefix)
    implements Serializable {

  public RegionMap {
    all = List.copyOf(all);
    homeByIdPrefix = new TreeMap<>(homeByIdPrefix);
  }

  /** One region alone: the home of everything. */
  public static RegionMap of(String region) {
    return new RegionMap(List.of(region), region, new TreeMap<>(Map.of()));
  }
}
