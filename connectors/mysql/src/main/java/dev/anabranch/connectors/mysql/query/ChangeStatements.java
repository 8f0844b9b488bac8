package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.SqlBuffer;
import dev.anabranch.connectors.mysql.connection.SqlDialect;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import dev.anabranch.query.VersionId;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Row changes as multi-row statements: first all deletions, then all writes, each table by table
 * and in the order of the keys, so that transactions which meet in the same rows lock them in the
 * same order.
 *
 * <p>A write is one INSERT ... ON DUPLICATE KEY UPDATE for all rows of a table of which the same
 * columns are set and added to. Additions are done by the server, {@code c = c + delta}: they
 * commute with those of other transactions.
 */
final class ChangeStatements {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Statement statement;
  private final SqlDialect dialect;
  private final int maxRows;
  private final long maxBytes;
  private final SqlBuffer sql = new SqlBuffer();

  ChangeStatements(Statement statement, SqlDialect dialect, int maxRows, long maxBytes) {
    this.statement = statement;
    this.dialect = dialect;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  /** The columns that a write sets, and those that it adds to. */
  private record Shape(Set<String> set, Set<String> add) {}

  void execute(VersionId version, List<RowChange> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    var byTable = new TreeMap<String, List<RowChange>>();
    for (var change : changes) {
      byTable.computeIfAbsent(change.table().name(), name -> new ArrayList<>()).add(change);
    }
    for (var rows : byTable.values()) {
      rows.sort(Comparator.comparing(RowChange::id));
      delete(version, rows.stream().filter(RowChange::isUnder).toList());
      delete(version, rows.stream().filter(row -> row.isDelete() && !row.isUnder()).toList());
    }
    for (var rows : byTable.values()) {
      var byShape = new LinkedHashMap<Shape, List<RowChange>>();
      for (var row : rows) {
        if (row.isWrite()) {
          var shape = new Shape(row.set().keySet(), row.add().keySet());
          byShape.computeIfAbsent(shape, s -> new ArrayList<>()).add(row);
        }
      }
      for (var group : byShape.entrySet()) {
        write(version, group.getKey(), group.getValue());
      }
    }
  }

  /** Rows with keys of one length. */
  private void delete(VersionId version, List<RowChange> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    var table = rows.get(0).table();
    var columns = names(table.key().subList(0, rows.get(0).key().size()));
    var head = "DELETE FROM " + name(table, version) + " WHERE (" + columns + ") IN (";
    inPieces(head, rows, ")", this::key);
  }

  private void write(VersionId version, Shape shape, List<RowChange> rows) throws SQLException {
    var table = rows.get(0).table();
    var head =
        new StringBuilder("INSERT INTO ")
            .append(name(table, version))
            .append(" (")
            .append(names(table.key()));
    shape.set.forEach(column -> head.append(',').append(TableNames.quoted(column)));
    shape.add.forEach(column -> head.append(',').append(TableNames.quoted(column)));
    head.append(") VALUES ");
    inPieces(
        head.toString(),
        rows,
        dialect.rowAlias()
            + " ON DUPLICATE KEY UPDATE "
            + assignments(table, name(table, version), shape),
        row -> {
          key(row);
          sql.truncate(sql.size() - 1);
          row.set().values().forEach(value -> value(value, sql.sql(',')));
          row.add().values().forEach(value -> value(value, sql.sql(',')));
          sql.sql(')');
        });
  }

  /** Columns with the table's name: beside a row alias a plain one would be ambiguous. */
  private String assignments(QueryTable table, String name, Shape shape) {
    var all = new ArrayList<String>();
    for (var column : shape.set) {
      var quoted = TableNames.quoted(column);
      all.add(quoted + "=" + dialect.incoming(quoted));
    }
    for (var column : shape.add) {
      var quoted = TableNames.quoted(column);
      all.add(quoted + "=" + name + "." + quoted + "+" + dialect.incoming(quoted));
    }
    if (all.isEmpty()) {
      var key = TableNames.quoted(table.key().get(0).name());
      all.add(key + "=" + dialect.incoming(key));
    }
    return String.join(",", all);
  }

  private interface RowWriter {
    void write(RowChange row);
  }

  private void inPieces(String head, List<RowChange> rows, String tail, RowWriter writer)
      throws SQLException {
    var next = 0;
    while (next < rows.size()) {
      sql.clear();
      sql.sql(head);
      var first = next;
      while (next < rows.size() && next - first < maxRows) {
        var before = sql.size();
        if (next > first) {
          sql.sql(',');
        }
        writer.write(rows.get(next));
        if (sql.size() + tail.length() > maxBytes && next > first) {
          sql.truncate(before);
          break;
        }
        next++;
      }
      sql.sql(tail);
      statement.executeUpdate(sql.toStatement());
    }
  }

  /** The key in brackets. */
  private void key(RowChange row) {
    sql.sql('(');
    var separate = false;
    for (var part : row.key()) {
      if (separate) {
        sql.sql(',');
      }
      separate = true;
      value(part, sql);
    }
    sql.sql(')');
  }

  private static void value(@Nullable Object value, SqlBuffer to) {
    if (value == null) {
      to.sql("NULL");
    } else if (value instanceof String text) {
      to.text(text);
    } else if (value instanceof Long number) {
      to.number(number);
    } else if (value instanceof BigDecimal number) {
      to.sql(number.toPlainString());
    } else if (value instanceof Boolean flag) {
      to.sql(flag ? '1' : '0');
    } else if (value instanceof Instant time) {
      to.sql('\'').sql(TIME.format(time)).sql('\'');
    } else if (value instanceof byte[] bytes) {
      to.binary(bytes);
    } else {
      throw new IllegalArgumentException("no SQL for a " + value.getClass().getName());
    }
  }

  private static String name(QueryTable table, VersionId version) {
    return TableNames.quoted(TableNames.physical(table.name(), version));
  }

  private static String names(Collection<Column> columns) {
    return String.join(",", columns.stream().map(c -> TableNames.quoted(c.name())).toList());
  }
}
