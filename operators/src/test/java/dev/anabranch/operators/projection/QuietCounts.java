package dev.anabranch.operators.projection;

import dev.anabranch.operators.projection.version.ProjectionCounts;
import dev.anabranch.operators.projection.version.ViewPlace;

/** Counts nothing; tests override what they look at. */
public class QuietCounts implements ProjectionCounts {

  @Override
  public void applied(int rows, int changed, long nanos) {}

  @Override
  public void caughtUp(long rows) {}

  @Override
  public void repeated() {}

  @Override
  public void differs() {}

  @Override
  public void gap() {}

  @Override
  public void moved(ViewPlace place) {}
}
