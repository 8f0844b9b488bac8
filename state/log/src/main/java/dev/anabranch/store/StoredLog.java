package dev.anabranch.store;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What one physical database has of the log, to be read. All calls block.
 *
 * <p><b>Failure.</b> A read throws {@link StoreUnavailableException} when the connection is lost;
 * the session is of no more use then.
 *
 * <p><b>Bounds.</b> Each call ends within the configured connect and socket timeouts.
 *
 * <p><b>Threads.</b> One thread at a time; {@link #close} may be called by another one, to abandon
 * a call that is under way.
 */
public interface StoredLog extends AutoCloseable {

  /** Up to {@code maxRows} rows of the shard from {@code fromOffset} on, in order. */
  List<LogRow> read(int shard, long fromOffset, int maxRows);

  /**
   * Reads as {@link #read(int, long, int)} does, with no more rows than hold {@code maxBytes} in
   * their blobs, but always one if there is one. A page that is not full is not the end of the
   * shard: an empty one is.
   *
   * <p>What the interface gives is for stores whose rows are in memory anyway.
   */
  default List<LogRow> read(int shard, long fromOffset, int maxRows, long maxBytes) {
    return within(read(shard, fromOffset, maxRows), maxBytes);
  }

  /** The last row's mark of each of the shards; a shard without rows is missing from the map. */
  Map<Integer, ShardHead> heads(Collection<Integer> shards);

  /** The marks of the rows at these positions; a position without a row is missing from the map. */
  Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions);

  /** The rows at these positions, in no particular order; missing ones are left out. */
  List<LogRow> rows(Collection<LogPosition> positions);

  /**
   * Reads as {@link #rows(Collection)} does, for no more of the positions than have rows of {@code
   * maxBytes} in their blobs; but always one row if there is one.
   *
   * <p>What the interface gives is for stores whose rows are in memory anyway.
   */
  default Found rows(List<LogPosition> positions, long maxBytes) {
    return within(positions, rows(positions), LogRow::position, maxBytes);
  }

  /** The first row (empty slot) of each of the commands, in no particular order. */
  List<LogRow> byCommand(Collection<CommandRef> commands);

  /**
   * Reads as {@link #byCommand(Collection)} does, within {@code maxBytes} as {@link #rows(List,
   * long)} is.
   *
   * @param commands each once
   */
  default Found byCommand(List<CommandRef> commands, long maxBytes) {
    return within(commands, byCommand(commands), CommandRef::of, maxBytes);
  }

  /**
   * What was found for the first ones of some keys.
   *
   * @param rows in no particular order; missing ones are left out
   * @param asked how many of the keys, from the first one on, were looked for
   */
  record Found(List<LogRow> rows, int asked) {}

  /**
   * The rows of one command in all slots: this region's own outcome, and the commits of regions
   * that have accepted it too. In no particular order.
   *
   * <p>What the interface gives is for stores whose rows are in memory anyway.
   */
  default List<LogRow> ofCommand(CommandRef command) {
    var key = command.aggregate();
    var rows = new ArrayList<>(byCommand(List.of(command)));
    for (var row : commits(List.of(key)).getOrDefault(key, List.of())) {
      var outcome = row.outcome();
      if (command.commandId().equals(outcome.commandId()) && !outcome.slot().isEmpty()) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** Up to {@code maxRows} versions of the aggregate above {@code afterVersion}, in order. */
  List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows);

  /**
   * Reads as {@link #history(AggregateKey, long, int)} does, within {@code maxBytes} as {@link
   * #read(int, long, int, long)} is.
   */
  default List<LogRow> history(
      AggregateKey aggregate, long afterVersion, int maxRows, long maxBytes) {
    return within(history(aggregate, afterVersion, maxRows), maxBytes);
  }

  private static <K> Found within(
      List<K> keys, List<LogRow> rows, Function<LogRow, K> keyOf, long maxBytes) {
    var byKey = new HashMap<K, LogRow>();
    rows.forEach(row -> byKey.put(keyOf.apply(row), row));
    var found = new ArrayList<LogRow>();
    var left = maxBytes;
    for (var asked = 0; asked < keys.size(); asked++) {
      var row = byKey.get(keys.get(asked));
      if (row != null) {
        left -= row.outcome().blobs().size();
        if (left < 0 && !found.isEmpty()) {
          return new Found(found, asked);
        }
        found.add(row);
      }
    }
    return new Found(found, keys.size());
  }

  private static List<LogRow> within(List<LogRow> page, long maxBytes) {
    var left = maxBytes;
    for (var i = 0; i < page.size(); i++) {
      left -= page.get(i).outcome().blobs().size();
      if (left < 0) {
        return page.subList(0, Math.max(1, i));
      }
    }
    return page;
  }

  /** All versions of the aggregates, ordered by version within each. */
  Map<AggregateKey, List<LogRow>> histories(Collection<AggregateKey> aggregates);

  /**
   * All rows of the aggregates that have a dot, tombstones among them, in the order of the log
   * within each: what a replica of the aggregate is rebuilt from.
   */
  Map<AggregateKey, List<LogRow>> commits(Collection<AggregateKey> aggregates);

  /** How many rows there are of something, and how many bytes they have in their blobs. */
  record Extent(long rows, long bytes) {}

  /**
   * How much {@link #commits(Collection)} would read of each of the aggregates; one without rows is
   * missing from the map.
   *
   * <p>What the interface gives is for stores whose rows are in memory anyway.
   */
  default Map<AggregateKey, Extent> commitExtents(Collection<AggregateKey> aggregates) {
    var extents = new HashMap<AggregateKey, Extent>();
    commits(aggregates)
        .forEach(
            (key, rows) -> {
              var bytes = rows.stream().mapToLong(row -> row.outcome().blobs().size()).sum();
              extents.put(key, new Extent(rows.size(), bytes));
            });
    return extents;
  }

  /**
   * Up to {@code maxRows} of these rows of one aggregate, from an offset on, within {@code
   * maxBytes} as {@link #read(int, long, int, long)} is.
   *
   * <p>What the interface gives is for stores whose rows are in memory anyway.
   */
  default List<LogRow> commits(
      AggregateKey aggregate, long fromOffset, int maxRows, long maxBytes) {
    var page =
        commits(List.of(aggregate)).getOrDefault(aggregate, List.of()).stream()
            .filter(row -> row.offset() >= fromOffset)
            .limit(maxRows)
            .toList();
    return within(page, maxBytes);
  }

  /** Next offset to publish by shard, as last recorded; a shard never recorded is missing. */
  Map<Integer, Long> published(Collection<Integer> shards);

  /** The losses that were accepted for shards of this database, oldest first. */
  List<AcceptedLoss> acceptedLosses();

  /** Rows that some attempt has missed here and nobody has given up. */
  List<MissingRow> missing();

  /**
   * Keeps an idle connection from being closed by the server; call it every few seconds.
   *
   * @throws StoreUnavailableException if the connection is lost
   */
  void ping();

  @Override
  void close();
}
