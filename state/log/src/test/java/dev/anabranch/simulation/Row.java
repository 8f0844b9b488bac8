package dev.anabranch.simulation;

import dev.anabranch.causality.Dot;
import dev.anabranch.gate.Arrival;
import dev.anabranch.model.RowKind;
import dev.anabranch.versions.VersionNode;
import java.util.Set;

/**
 * One row of a region's log.
 *
 * @param seen the simulator's own record of what the decider's region had in its log, whatever the
 *     commit says itself
 */
record Row(VersionNode node, Set<Dot> seen) {

  Dot dot() {
    return node.dot();
  }

  boolean isHollow() {
    return node.isHollow();
  }

  Arrival arrival() {
    return new Arrival(node.dot(), node.hlc(), node.context(), node.isHollow());
  }

  /** What a filter lets through of it. */
  Row withheld() {
    return new Row(
        new VersionNode(
            node.dot(),
            node.hlc(),
            RowKind.TOMBSTONE,
            node.context(),
            node.parents(),
            node.resolverId(),
            null,
            null),
        seen);
  }
}
