package dev.anabranch.cli.log;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import java.util.function.Consumer;

/** The commits of one aggregate, read page by page. */
public final class AggregateHistory {

  private AggregateHistory() {}

  /**
   * Folds the aggregate up to a version; of one that has a graph, all that the log has before it.
   *
   * @param reads of the home of the aggregate's shard
   * @param lastVersion versions above it are left out
   */
  public static void fold(
      LogReads reads, AggregateKey aggregate, long lastVersion, AggregateFold fold) {
    if (!fold.hasGraph()) {
      read(reads, aggregate, lastVersion, fold);
      return;
    }
    var next = 0L;
    for (var page = reads.commits(aggregate, next); !page.isEmpty(); ) {
      for (var row : page) {
        if (row.outcome().version() > lastVersion) {
          return;
        }
        fold.accept(row);
      }
      next = page.get(page.size() - 1).offset() + 1;
      page = reads.commits(aggregate, next);
    }
  }

  /**
   * Gives the commits in the order of versions.
   *
   * @param reads of the home of the aggregate's shard
   * @param lastVersion versions above it are left out
   */
  public static void read(
      LogReads reads, AggregateKey aggregate, long lastVersion, Consumer<LogRow> apply) {
    var version = 0L;
    while (version < lastVersion) {
      var page = reads.history(aggregate, version, lastVersion - version);
      if (page.isEmpty()) {
        return;
      }
      page.forEach(apply);
      version = page.get(page.size() - 1).outcome().version();
    }
  }
}
