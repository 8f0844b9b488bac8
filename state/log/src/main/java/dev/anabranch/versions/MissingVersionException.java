package dev.anabranch.versions;

import dev.anabranch.causality.Dot;

/**
 * A commit extends a version that is not in the graph. Nothing was changed. Compaction has dropped
 * it, and the commit's region built on it all the same, having seen only tombstones of what came
 * after; or the gate was passed by. Either way the remedy is to build the graph anew from the
 * region's log, and not to compact it before that commit is stable.
 */
public final class MissingVersionException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient Dot version;

  MissingVersionException(Dot version) {
    super(
        "version "
            + version
            + " is referred to and not in the version graph: build the graph anew from the region's"
            + " log");
    this.version = version;
  }

  /** The version that is missing. */
  public Dot version() {
    return version;
  }
}
