package dev.anabranch.testkit;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.RowKind;
import dev.anabranch.versions.Resolution;
import dev.anabranch.versions.VersionNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One commit of a region: its events, and how it is linked to the commits before it.
 *
 * @param stored the events as they are stored; none for a person's choice
 */
record RegionCommit(StoredCommit stored, VersionNode node) {

  /** A commit whose command was decided on these branches. */
  static RegionCommit of(StoredCommit stored, List<Dot> parents, String resolverId) {
    return new RegionCommit(stored, node(stored, RowKind.COMMIT, parents, resolverId, null));
  }

  /** The choice of one branch in an open conflict. */
  static RegionCommit choice(EventContext at, Resolution choice) {
    var stored = new StoredCommit(at, List.of());
    return new RegionCommit(stored, node(stored, RowKind.RESOLUTION, List.of(), "", choice));
  }

  Dot dot() {
    return stored.at().dot();
  }

  /** How many commits of each region its decider had. */
  VectorTime context() {
    return stored.at().context();
  }

  private static VersionNode node(
      StoredCommit stored,
      RowKind kind,
      List<Dot> parents,
      String resolverId,
      @Nullable Resolution choice) {
    var at = stored.at();
    return new VersionNode(
        at.dot(), at.hlc(), kind, at.context(), parents, resolverId, null, choice);
  }
}
