package dev.anabranch.operators.replication.replica;

/** What is counted; the job's metrics show it. */
public interface ReplicationCounts {

  /** A row was read from a region's topic. */
  void in(String region, long occurredAtMicros);

  /** A commit of a region's topic was applied. */
  void released(String region);

  /** A commit came again. */
  void duplicate(String region);

  /** A commit that the own log does not have was handed to the command job once more. */
  void releasedAgain();

  /** The number of held commits that came from the region's topic changed. */
  void held(String region, int change);

  /** A commit could not be kept, since too many are: it must be published again. */
  void refused(String region);

  /** A commit is further ahead of the wall clock than is accepted: it waits. */
  void aheadOfClock(String region, long aheadMillis);

  /** A commit waits, since its region is not named; counted again at each look at it. */
  void ofUnnamedRegion(String region);

  /** A hold lasts, and the own store does not have what is missing either. */
  void holdLasts();

  /** The regions that read from this one were asked to publish commits again. */
  void requested();

  /** A commit of this region came from outside, and its own row says something else. */
  void ownCommitDiffers();

  /** A commit of another region came again, and says something else. */
  void commitDiffers();

  /** A commit of this region came from outside, and its own store does not have it. */
  void behindOwnPast();

  /** A state could not be made, or a resolver failed. */
  void problem();

  /** An aggregate was read from the own store. */
  void filled(int commits);
}
