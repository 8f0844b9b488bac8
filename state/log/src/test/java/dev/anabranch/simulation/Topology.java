package dev.anabranch.simulation;

import java.util.ArrayList;
import java.util.List;

/** Who reads whose log: region numbers, each link one way. */
enum Topology {
  MESH(3),
  PAIR(2),
  SIX_SITES(6, 0, 2, 1, 2, 2, 3, 3, 4, 3, 5),
  SIX_SITES_AND_A_CYCLE(6, 0, 2, 1, 2, 2, 3, 3, 4, 3, 5, 0, 4),
  ONE_WAY_RING(4),
  HUB(4, 3, 0, 3, 1, 3, 2);

  final int regions;
  private final int[] pairs;

  Topology(int regions, int... pairs) {
    this.regions = regions;
    this.pairs = pairs;
  }

  /**
   * One way.
   *
   * @param from whose log is read
   */
  record Link(int from, int to) {}

  List<Link> links() {
    var links = new ArrayList<Link>();
    if (this == ONE_WAY_RING) {
      for (var i = 0; i < regions; i++) {
        links.add(new Link(i, (i + 1) % regions));
      }
    } else if (pairs.length == 0) {
      for (var i = 0; i < regions; i++) {
        for (var j = 0; j < regions; j++) {
          if (i != j) {
            links.add(new Link(i, j));
          }
        }
      }
    }
    for (var i = 0; i < pairs.length; i += 2) {
      links.add(new Link(pairs[i], pairs[i + 1]));
      links.add(new Link(pairs[i + 1], pairs[i]));
    }
    return links;
  }
}
