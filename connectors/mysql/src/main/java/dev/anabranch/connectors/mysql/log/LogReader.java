package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.SqlBuffer;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoredLog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The queries of the log.
 *
 * <p><b>Plans.</b> One page or one aggregate is a server-prepared statement. Many keys are a list
 * of row constructors, {@value #KEYS_PER_QUERY} at a time, which both servers turn into as many
 * index ranges. Secondary indexes are forced: with statistics that lag behind, an optimizer may
 * choose the other index with the same prefix and sort. Heads are one {@code ORDER BY ... DESC
 * LIMIT 1} per shard: MariaDB does not skip through the index for {@code MAX ... GROUP BY}, it
 * reads all of it.
 */
public final class LogReader {

  private static final int KEYS_PER_QUERY = 100;
  private static final String SELECT = "SELECT " + EventLogTable.COLUMNS + " FROM event_log ";
  private static final String SELECT_SIZE =
      "SELECT LENGTH(causality) + LENGTH(metadata) + LENGTH(reply) + LENGTH(events) FROM event_log ";
  private static final String PAGE =
      "WHERE shard = ? AND shard_offset >= ? ORDER BY shard_offset LIMIT ?";
  private static final String HISTORY =
      "FORCE INDEX (ux_version) WHERE aggregate_type = ? AND aggregate_id = ? AND version > ?"
          + " ORDER BY version LIMIT ?";
  private static final String COMMITS =
      "FORCE INDEX (ux_version) WHERE aggregate_type = ? AND aggregate_id = ? AND shard_offset >= ?"
          + " AND origin IS NOT NULL ORDER BY shard_offset LIMIT ?";
  private static final String SIZE =
      ", LENGTH(causality) + LENGTH(metadata) + LENGTH(reply) + LENGTH(events) FROM event_log ";
  private static final String EXTENT =
      "SELECT aggregate_type, aggregate_id, COUNT(*), SUM(LENGTH(causality) + LENGTH(metadata)"
          + " + LENGTH(reply) + LENGTH(events)) FROM event_log ";
  private static final String OF_AGGREGATES =
      "FORCE INDEX (ux_version) WHERE (aggregate_type, aggregate_id) IN (";
  private static final String AT = "WHERE (shard, shard_offset) IN (";
  private static final String BY_COMMAND =
      "FORCE INDEX (ux_command)" + " WHERE (command_id, aggregate_type, aggregate_id, slot) IN (";
  private static final byte[] COMMA = SqlBuffer.ascii(",");
  private static final byte[] UNION = SqlBuffer.ascii(" UNION ALL ");

  /** Key of {@code ux_command}. */
  public record CommandKey(AggregateKey aggregate, String commandId, String slot) {}

  /** Key of {@code ux_version}. */
  record VersionKey(AggregateKey aggregate, long version) {}

  private interface RowConsumer {
    void accept(ResultSet row) throws SQLException;
  }

  private final Connection connection;
  private final Statement statement;
  private final SqlBuffer sql = new SqlBuffer();

  public LogReader(Connection connection) throws SQLException {
    this.connection = connection;
    this.statement = connection.createStatement();
    this.statement.setEscapeProcessing(false);
  }

  /** Sets the parameters of one page. */
  private interface Binder {
    void bind(PreparedStatement page, int maxRows) throws SQLException;
  }

  public List<LogRow> page(int shard, long fromOffset, int maxRows) throws SQLException {
    return page(PAGE, maxRows, page(shard, fromOffset));
  }

  List<LogRow> page(int shard, long fromOffset, int maxRows, long maxBytes) throws SQLException {
    var binder = page(shard, fromOffset);
    return page(PAGE, fitting(PAGE, maxRows, maxBytes, binder), binder);
  }

  public List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows)
      throws SQLException {
    return page(HISTORY, maxRows, history(aggregate, afterVersion));
  }

  List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows, long maxBytes)
      throws SQLException {
    var binder = history(aggregate, afterVersion);
    return page(HISTORY, fitting(HISTORY, maxRows, maxBytes, binder), binder);
  }

  private static Binder page(int shard, long fromOffset) {
    return (page, maxRows) -> {
      page.setInt(1, shard);
      page.setLong(2, fromOffset);
      page.setInt(3, maxRows);
    };
  }

  private static Binder history(AggregateKey aggregate, long afterVersion) {
    return (page, maxRows) -> {
      page.setBytes(1, EventLogTable.utf8(aggregate.type()));
      page.setBytes(2, EventLogTable.utf8(aggregate.id()));
      page.setLong(3, afterVersion);
      page.setInt(4, maxRows);
    };
  }

  private List<LogRow> page(String where, int maxRows, Binder binder) throws SQLException {
    if (maxRows == 0) {
      return List.of();
    }
    try (var page = connection.prepareStatement(SELECT + where)) {
      binder.bind(page, maxRows);
      return rows(page.executeQuery());
    }
  }

  /** The driver holds a whole result: so the rows' sizes are asked for first. */
  private int fitting(String where, int maxRows, long maxBytes, Binder binder) throws SQLException {
    try (var sizes = connection.prepareStatement(SELECT_SIZE + where)) {
      binder.bind(sizes, maxRows);
      try (var result = sizes.executeQuery()) {
        var rows = 0;
        var left = maxBytes;
        while (result.next()) {
          left -= result.getLong(1);
          if (left < 0) {
            return Math.max(1, rows);
          }
          rows++;
        }
        return rows;
      }
    }
  }

  public Map<AggregateKey, List<LogRow>> histories(Collection<AggregateKey> aggregates)
      throws SQLException {
    var histories = new LinkedHashMap<AggregateKey, List<LogRow>>();
    query(
        aggregates,
        SELECT + OF_AGGREGATES,
        (key, to) -> aggregate(key, to.sql('(')).sql(')'),
        ") AND version > 0 ORDER BY aggregate_type, aggregate_id, version",
        result -> {
          var row = EventLogTable.read(result);
          histories.computeIfAbsent(row.outcome().aggregate(), k -> new ArrayList<>()).add(row);
        });
    return histories;
  }

  /**
   * Reads commits as {@link #commits(Collection)} does. They are in one shard, that of the
   * aggregate.
   */
  List<LogRow> commits(AggregateKey aggregate, long fromOffset, int maxRows, long maxBytes)
      throws SQLException {
    var binder = history(aggregate, fromOffset);
    return page(COMMITS, fitting(COMMITS, maxRows, maxBytes, binder), binder);
  }

  /** How much {@link #commits(Collection)} would read. */
  Map<AggregateKey, StoredLog.Extent> commitExtents(Collection<AggregateKey> aggregates)
      throws SQLException {
    var extents = new HashMap<AggregateKey, StoredLog.Extent>();
    query(
        aggregates,
        EXTENT + OF_AGGREGATES,
        (key, to) -> aggregate(key, to.sql('(')).sql(')'),
        ") AND origin IS NOT NULL GROUP BY aggregate_type, aggregate_id",
        result ->
            extents.put(
                EventLogTable.aggregate(result),
                new StoredLog.Extent(result.getLong(3), result.getLong(4))));
    return extents;
  }

  /** By a prefix of ux_version, since tombstones have no version. */
  Map<AggregateKey, List<LogRow>> commits(Collection<AggregateKey> aggregates) throws SQLException {
    var commits = new LinkedHashMap<AggregateKey, List<LogRow>>();
    query(
        aggregates,
        SELECT + OF_AGGREGATES,
        (key, to) -> aggregate(key, to.sql('(')).sql(')'),
        ") AND origin IS NOT NULL ORDER BY shard, shard_offset",
        result -> {
          var row = EventLogTable.read(result);
          commits.computeIfAbsent(row.outcome().aggregate(), k -> new ArrayList<>()).add(row);
        });
    return commits;
  }

  public List<LogRow> at(Collection<LogPosition> positions) throws SQLException {
    var rows = new ArrayList<LogRow>();
    query(
        positions,
        SELECT + AT,
        LogReader::position,
        ")",
        result -> rows.add(EventLogTable.read(result)));
    return rows;
  }

  LogSession.Found at(List<LogPosition> positions, long maxBytes) throws SQLException {
    if (positions.size() == 1) {
      return new LogSession.Found(at(positions), 1);
    }
    var sizes = new HashMap<LogPosition, Long>();
    query(
        positions,
        "SELECT shard, shard_offset" + SIZE + AT,
        LogReader::position,
        ")",
        result ->
            sizes.put(new LogPosition(result.getInt(1), result.getLong(2)), result.getLong(3)));
    var asked = fitting(positions, sizes, maxBytes);
    var stored = positions.subList(0, asked).stream().filter(sizes::containsKey).toList();
    return new LogSession.Found(at(stored), asked);
  }

  /** How many of the keys, from the first one on, have rows that fit; one row always does. */
  private static <K> int fitting(List<K> keys, Map<K, Long> sizes, long maxBytes) {
    var left = maxBytes;
    var isFirst = true;
    for (var asked = 0; asked < keys.size(); asked++) {
      var size = sizes.get(keys.get(asked));
      if (size != null) {
        left -= size;
        if (left < 0 && !isFirst) {
          return asked;
        }
        isFirst = false;
      }
    }
    return keys.size();
  }

  public Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) throws SQLException {
    var marks = new HashMap<LogPosition, ShardHead>();
    query(
        positions,
        "SELECT shard, shard_offset, writer, hlc FROM event_log WHERE (shard, shard_offset) IN (",
        LogReader::position,
        ")",
        result -> marks.put(new LogPosition(result.getInt(1), result.getLong(2)), head(result)));
    return marks;
  }

  public Map<Integer, ShardHead> heads(Collection<Integer> shards) throws SQLException {
    var heads = new HashMap<Integer, ShardHead>();
    query(
        shards,
        UNION,
        "",
        (shard, to) ->
            to.sql("(SELECT shard, shard_offset, writer, hlc FROM event_log WHERE shard = ")
                .number(shard)
                .sql(" ORDER BY shard_offset DESC LIMIT 1)"),
        "",
        result -> heads.put(result.getInt(1), head(result)));
    return heads;
  }

  public List<LogRow> byCommand(Collection<CommandKey> commands) throws SQLException {
    var rows = new ArrayList<LogRow>();
    query(
        commands,
        SELECT + BY_COMMAND,
        LogReader::command,
        ")",
        result -> rows.add(EventLogTable.read(result)));
    return rows;
  }

  LogSession.Found firstOf(List<CommandRef> commands, long maxBytes) throws SQLException {
    if (commands.size() == 1) {
      return new LogSession.Found(firstOf(commands), 1);
    }
    var sizes = new HashMap<CommandRef, Long>();
    query(
        commands.stream().map(LogReader::keyOf).toList(),
        "SELECT aggregate_type, aggregate_id, command_id" + SIZE + BY_COMMAND,
        LogReader::command,
        ")",
        result -> sizes.put(EventLogTable.command(result), result.getLong(4)));
    var asked = fitting(commands, sizes, maxBytes);
    var stored = commands.subList(0, asked).stream().filter(sizes::containsKey).toList();
    return new LogSession.Found(firstOf(stored), asked);
  }

  /** The rows of the empty slot. */
  List<LogRow> firstOf(Collection<CommandRef> commands) throws SQLException {
    return byCommand(commands.stream().map(LogReader::keyOf).toList());
  }

  private static CommandKey keyOf(CommandRef command) {
    return new CommandKey(command.aggregate(), command.commandId(), "");
  }

  private static void command(CommandKey key, SqlBuffer to) {
    aggregate(key.aggregate(), to.sql('(').binary(key.commandId()).sql(','));
    to.sql(',').binary(key.slot()).sql(')');
  }

  /** Reads by a prefix of ux_command. */
  List<LogRow> ofCommand(AggregateKey aggregate, String commandId) throws SQLException {
    var rows = new ArrayList<LogRow>();
    query(
        List.of(aggregate),
        SELECT + "FORCE INDEX (ux_command) WHERE (command_id, aggregate_type, aggregate_id) IN (",
        (key, to) -> aggregate(key, to.sql('(').binary(commandId).sql(',')).sql(')'),
        ")",
        result -> rows.add(EventLogTable.read(result)));
    return rows;
  }

  List<LogRow> byVersion(Collection<VersionKey> versions) throws SQLException {
    var rows = new ArrayList<LogRow>();
    query(
        versions,
        SELECT + "FORCE INDEX (ux_version) WHERE (aggregate_type, aggregate_id, version) IN (",
        (key, to) ->
            aggregate(key.aggregate(), to.sql('(')).sql(',').number(key.version()).sql(')'),
        ")",
        result -> rows.add(EventLogTable.read(result)));
    return rows;
  }

  private <K> void query(
      Collection<K> keys,
      String before,
      BiConsumer<K, SqlBuffer> key,
      String after,
      RowConsumer consumer)
      throws SQLException {
    query(keys, COMMA, before, key, after, consumer);
  }

  private <K> void query(
      Collection<K> keys,
      byte[] separator,
      String before,
      BiConsumer<K, SqlBuffer> key,
      String after,
      RowConsumer consumer)
      throws SQLException {
    var remaining = keys.iterator();
    while (remaining.hasNext()) {
      sql.clear();
      sql.sql(before);
      for (var n = 0; n < KEYS_PER_QUERY && remaining.hasNext(); n++) {
        if (n > 0) {
          sql.sql(separator);
        }
        key.accept(remaining.next(), sql);
      }
      try (var result = statement.executeQuery(sql.sql(after).toStatement())) {
        while (result.next()) {
          consumer.accept(result);
        }
      }
    }
  }

  private static SqlBuffer aggregate(AggregateKey key, SqlBuffer to) {
    return to.binary(key.type()).sql(',').binary(key.id());
  }

  private static void position(LogPosition position, SqlBuffer to) {
    to.sql('(').number(position.shard()).sql(',').number(position.offset()).sql(')');
  }

  private static ShardHead head(ResultSet result) throws SQLException {
    return new ShardHead(result.getLong(2), result.getLong(3), result.getLong(4));
  }

  private static List<LogRow> rows(ResultSet result) throws SQLException {
    try (result) {
      var rows = new ArrayList<LogRow>();
      while (result.next()) {
        rows.add(EventLogTable.read(result));
      }
      return rows;
    }
  }
}
