package dev.anabranch.operators.projection.version;

import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.VersionId;
import java.util.Locale;

/** Somebody else fills this version: another job, or a later attempt of this task. */
public final class ProjectionFencedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean byOther;

  /**
   * @param writer of the one that is fenced
   */
  ProjectionFencedException(VersionId version, ApplyResult.Fenced fenced, long writer) {
    super(
        String.format(
            Locale.ROOT,
            ("%s is at offset %d of shard %d, claimed by writer %d; this task expected %d: a later"
                + " attempt of this task has taken over, or a second projection job fills the same"
                + " tables"),
            version,
            fenced.foundNext(),
            fenced.shard(),
            fenced.foundWriter(),
            fenced.expectedNext()));
    byOther = fenced.foundWriter() != writer;
  }

  /** Whether somebody else has it; else its position is not the one that this task left. */
  public boolean isByOther() {
    return byOther;
  }
}
