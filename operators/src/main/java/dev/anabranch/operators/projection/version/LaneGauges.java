package dev.anabranch.operators.projection.version;

/** What can be asked of a part of a version at any time, by any thread. */
public interface LaneGauges {

  /** Rows of the log, or views, that it has not applied yet. */
  long lagCommits();

  double lagSeconds();

  /** Dead letters and what waits behind them. */
  int parkedRows();

  /** How many shards or partitions are behind. */
  int shardsBehind();

  /** In how many shards it stands still, since the event store has lost rows. */
  default int shardsLost() {
    return 0;
  }
}
