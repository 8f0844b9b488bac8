package dev.anabranch.cli.verify;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was counted while the store was read. */
final class StoreTotals {

  private final Map<RowKind, Long> byKind = new EnumMap<>(RowKind.class);
  private final Map<String, Long> byDatabase = new LinkedHashMap<>();
  private long rows;
  private long aggregates;
  private long largestShard;

  void database(String name) {
    byDatabase.put(name, 0L);
  }

  void row(LogRow row) {
    rows++;
    byKind.merge(row.outcome().kind(), 1L, Long::sum);
  }

  void shard(String database, long shardRows, long shardAggregates) {
    byDatabase.merge(database, shardRows, Long::sum);
    aggregates += shardAggregates;
    largestShard = Math.max(largestShard, shardRows);
  }

  long rows() {
    return rows;
  }

  VerificationReport.StoreCounts counts() {
    var commits = of(RowKind.COMMIT);
    var rejected = of(RowKind.REJECTED);
    var unchanged = of(RowKind.UNCHANGED);
    return new VerificationReport.StoreCounts(
        rows,
        commits,
        rejected,
        unchanged,
        rows - commits - rejected - unchanged,
        aggregates,
        largestShard,
        new LinkedHashMap<>(byDatabase));
  }

  private long of(RowKind kind) {
    return byKind.getOrDefault(kind, 0L);
  }
}
