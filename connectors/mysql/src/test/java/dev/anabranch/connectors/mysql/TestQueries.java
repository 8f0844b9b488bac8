package dev.anabranch.connectors.mysql;

import dev.anabranch.connectors.mysql.query.MySqlQueryDatabase;
import dev.anabranch.connectors.mysql.query.ProjectionTables;
import dev.anabranch.connectors.mysql.query.QueryConfig;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.connectors.mysql.query.TableNames;
import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.VersionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A schema of its own for the projections of a test, reached through a proxy. */
public final class TestQueries implements AutoCloseable {

  static final QueryOwner OWNER = new QueryOwner("eu", "store-1", 4);

  private final String schema = TestServer.newSchema();
  private final TcpProxy proxy = TcpProxy.open(TestServer.server().port());

  String schema() {
    return schema;
  }

  TcpProxy proxy() {
    return proxy;
  }

  public QueryConfig config() {
    return config(TestServer.server().user(), TestServer.server().password());
  }

  QueryConfig config(String user, String password) {
    return QueryConfig.of(TestServer.server().jdbcUrl(schema, proxy.port()), user, password);
  }

  public ProjectionTables tables() {
    return new ProjectionTables(config(), OWNER);
  }

  public MySqlQueryDatabase open() {
    return new MySqlQueryDatabase(config(), OWNER);
  }

  void execute(String... statements) throws SQLException {
    TestServer.execute(schema, statements);
  }

  /** What readers see in the view of that name. */
  List<Map<String, @Nullable Object>> view(QueryTable table) throws SQLException {
    return rows(table, table.name());
  }

  @Nullable
  public Map<String, @Nullable Object> row(VersionId version, QueryTable table, Object... key)
      throws SQLException {
    var wanted = table.row(key).id();
    for (var row : rows(table, TableNames.physical(table.name(), version))) {
      var found = table.key().stream().map(c -> row.get(c.name())).toArray();
      if (table.row(found).id().equals(wanted)) {
        return row;
      }
    }
    return null;
  }

  private List<Map<String, @Nullable Object>> rows(QueryTable table, String name)
      throws SQLException {
    var rows = new java.util.ArrayList<Map<String, @Nullable Object>>();
    try (var connection = TestServer.connect(schema);
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT * FROM `" + name + "`")) {
      while (result.next()) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        for (var column : table.key()) {
          row.put(column.name(), value(result, column));
        }
        for (var column : table.values()) {
          row.put(column.name(), value(result, column));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static @Nullable Object value(ResultSet result, Column column) throws SQLException {
    var name = column.name();
    return switch (column.kind()) {
      case TEXT, LONG_TEXT -> result.getString(name);
      case INTEGER -> result.getLong(name);
      case DECIMAL -> result.getBigDecimal(name);
      case BOOL -> result.getBoolean(name);
      case TIMESTAMP -> {
        var time = result.getObject(name, LocalDateTime.class);
        yield time == null ? null : time.toInstant(ZoneOffset.UTC);
      }
      case BYTES -> result.getBytes(name);
    };
  }

  @Override
  public void close() {
    proxy.close();
  }
}
