package dev.anabranch.cli.log;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.LogSession;
import java.util.List;
import java.util.function.Consumer;

/** The commits of one aggregate, read page by page. */
public final class AggregateHistory {

  private static final int PAGE_ROWS = 500;

  private AggregateHistory() {}

  /**
   * Folds the aggregate up to a version; of one that has a graph, all that the log has before it.
   *
   * @param session on the home of the aggregate's shard
   * @param lastVersion versions above it are left out
   */
  public static void fold(
      LogSession session, AggregateKey aggregate, long lastVersion, AggregateFold fold) {
    if (!fold.hasGraph()) {
      read(session, aggregate, lastVersion, fold);
      return;
    }
    for (var row : session.commits(List.of(aggregate)).getOrDefault(aggregate, List.of())) {
      if (row.outcome().version() > lastVersion) {
        return;
      }
      fold.accept(row);
    }
  }

  /**
   * Gives the commits in the order of versions.
   *
   * @param session on the home of the aggregate's shard
   * @param lastVersion versions above it are left out
   */
  public static void read(
      LogSession session, AggregateKey aggregate, long lastVersion, Consumer<LogRow> apply) {
    var version = 0L;
    while (version < lastVersion) {
      var maxRows = (int) Math.min(PAGE_ROWS, lastVersion - version);
      var page = session.history(aggregate, version, maxRows);
      page.forEach(apply);
      if (page.size() < maxRows) {
        return;
      }
      version = page.get(page.size() - 1).outcome().version();
    }
  }
}
