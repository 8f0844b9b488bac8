package dev.anabranch.embedded;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says which regions read whose published log.
 *
 * @param regions their names; the first is home to what has one home
 * @param links each a region and one that it reads
 */
public record RegionTopology(List<String> regions, Set<Link> links) {

  /** The names of the six-site tree. */
  public static final List<String> SIX_SITES = List.of("a", "b", "c", "d", "e", "f");

  /** One region reads another one's log. */
  public record Link(String reader, String origin) {
    public Link {
      if (reader.equals(origin)) {
        throw new IllegalArgumentException("region " + reader + " can't be its own peer");
      }
    }
  }

  public RegionTopology {
    regions = List.copyOf(regions);
    links = Set.copyOf(links);
    for (var link : links) {
      if (!regions.contains(link.reader) || !regions.contains(link.origin)) {
        throw new IllegalArgumentException(link + " names a region that is none of " + regions);
      }
    }
  }

  /** Each reads all others. */
  public static RegionTopology mesh(List<String> regions) {
    var links = new LinkedHashSet<Link>();
    for (var reader : regions) {
      regions.stream()
          .filter(origin -> !origin.equals(reader))
          .forEach(origin -> links.add(new Link(reader, origin)));
    }
    return new RegionTopology(regions, links);
  }

  /** Each reads the one before it only, the first one the last. */
  public static RegionTopology ring(List<String> regions) {
    var links = new LinkedHashSet<Link>();
    for (var i = 0; i < regions.size(); i++) {
      links.add(new Link(regions.get((i + 1) % regions.size()), regions.get(i)));
    }
    return new RegionTopology(regions, links);
  }

  /** The first one and each other read each other. */
  public static RegionTopology hub(List<String> regions) {
    var pairs = new ArrayList<List<String>>();
    regions.stream().skip(1).forEach(region -> pairs.add(List.of(regions.get(0), region)));
    return bothWays(regions, pairs);
  }

  /** The tree a-c, b-c, c-d, d-e, d-f. */
  public static RegionTopology sixSites() {
    return bothWays(
        SIX_SITES,
        List.of(
            List.of("a", "c"),
            List.of("b", "c"),
            List.of("c", "d"),
            List.of("d", "e"),
            List.of("d", "f")));
  }

  /**
   * Returns the topology with one region that reads another one directly, in either direction:
   * there are two ways.
   */
  public RegionTopology with(String region, String other) {
    var more = new LinkedHashSet<>(links);
    more.add(new Link(region, other));
    more.add(new Link(other, region));
    return new RegionTopology(regions, more);
  }

  /** Those that a region reads, in the order of their names. */
  public List<String> peersOf(String region) {
    return links.stream()
        .filter(link -> link.reader.equals(region))
        .map(Link::origin)
        .sorted()
        .toList();
  }

  /** Those that read a region, in the order of their names. */
  public List<String> readersOf(String region) {
    return links.stream()
        .filter(link -> link.origin.equals(region))
        .map(Link::reader)
        .sorted()
        .toList();
  }

  /** The links between two groups of regions, in either direction. */
  public Set<Link> between(Set<String> some) {
    var found = new LinkedHashSet<Link>();
    for (var link : links) {
      if (some.contains(link.reader) != some.contains(link.origin)) {
        found.add(link);
      }
    }
    return found;
  }

  /**
   * What is cut to see two groups go their own ways: the last region from the others, or, of more
   * than three, the later half of them from the first.
   */
  public Set<String> farSide() {
    var far = regions.size() > 3 ? regions.size() / 2 : 1;
    return new TreeSet<>(regions.subList(regions.size() - far, regions.size()));
  }

  private static RegionTopology bothWays(List<String> regions, List<List<String>> pairs) {
    var links = new LinkedHashSet<Link>();
    for (var pair : pairs) {
      links.add(new Link(pair.get(0), pair.get(1)));
      links.add(new Link(pair.get(1), pair.get(0)));
    }
    return new RegionTopology(regions, links);
  }
}
