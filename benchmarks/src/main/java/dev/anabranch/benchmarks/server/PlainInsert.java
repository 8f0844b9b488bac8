package dev.anabranch.benchmarks.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.Row;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.model.Blobs;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The fastest multi-row INSERT that JDBC can send, by hand: the statement's text is concatenated,
 * with the blobs that all rows share written once, as a hexadecimal literal would cost the server
 * more. Nothing is escaped, because the benchmark's data needs none.
 *
 * <p><b>Threads.</b> One.
 */
public final class PlainInsert implements AutoCloseable {

  private static final String INSERT =
      "INSERT INTO event_log (shard, shard_offset, kind, aggregate_type, aggregate_id, version,"
          + " command_id, slot, origin, origin_n, writer, hlc, occurred_at, causality, metadata,"
          + " reply, events) VALUES ";

  private final Connection connection;
  private final Statement statement;
  private String tail;
  private final StringBuilder sql = new StringBuilder(1 << 19);
  private int rows;

  public PlainInsert(Connection connection, Blobs blobs) throws SQLException {
    this.connection = connection;
    this.statement = connection.createStatement();
    this.statement.setEscapeProcessing(false);
    this.tail = tailOf(blobs);
    clear();
  }

  /** What rows that are added from now on share. */
  void share(Blobs blobs) {
    tail = tailOf(blobs);
  }

  public int rows() {
    return rows;
  }

  public void add(Row row) {
    sql.append(rows++ == 0 ? "(" : ",(")
        .append(row.shard())
        .append(',')
        .append(row.offset())
        .append(",1,_binary'" + BenchmarkDomain.TYPE + "',_binary'")
        .append(CommandPlan.aggregateId(row.aggregate()))
        .append("',")
        .append(row.version())
        .append(",_binary'")
        .append(row.commandId())
        .append("',_binary'',_binary'" + Database.REGION + "',")
        .append(row.version())
        .append(',')
        .append(RowPlan.WRITER)
        .append(',')
        .append(RowPlan.HLC + row.offset())
        .append(',')
        .append(RowPlan.OCCURRED_AT + row.offset())
        .append(tail);
  }

  public void execute() throws SQLException {
    var inserted = statement.executeUpdate(sql.toString());
    if (inserted != rows) {
      throw new IncorrectException("the server inserted " + inserted + " rows of " + rows);
    }
    clear();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private void clear() {
    sql.setLength(0);
    sql.append(INSERT);
    rows = 0;
  }

  private static String tailOf(Blobs blobs) {
    return ","
        + quoted(blobs.causality())
        + ",_binary'',"
        + quoted(blobs.reply())
        + ","
        + quoted(blobs.events())
        + ")";
  }

  private static String quoted(byte[] value) {
    return "_binary'" + new String(value, ISO_8859_1).replace("'", "''") + "'";
  }
}
