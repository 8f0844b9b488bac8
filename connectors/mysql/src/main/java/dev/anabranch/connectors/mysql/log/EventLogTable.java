package dev.anabranch.connectors.mysql.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.connectors.mysql.connection.SqlBuffer;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.store.CommandRef;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/**
 * How a {@link LogRow} lies in the columns of {@code event_log}: its three mappings, side by side.
 */
public final class EventLogTable {

  public static final String COLUMNS =
      "shard, shard_offset, kind, aggregate_type, aggregate_id, version, command_id, slot, origin,"
          + " origin_n, writer, hlc, occurred_at, causality, metadata, reply, events";

  public static final int COLUMN_COUNT = 17;

  private static final byte[] NULL = SqlBuffer.ascii("NULL");

  private EventLogTable() {}

  /** Writes {@code (value, ...)}. */
  static void write(LogRow row, SqlBuffer sql) {
    var outcome = row.outcome();
    sql.sql('(').number(row.shard()).sql(',').number(row.offset());
    sql.sql(',').number(outcome.kind().code());
    sql.sql(',').binary(outcome.aggregate().type());
    sql.sql(',').binary(outcome.aggregate().id()).sql(',');
    if (outcome.version() == Outcome.NO_VERSION) {
      sql.sql(NULL);
    } else {
      sql.number(outcome.version());
    }
    sql.sql(',');
    var commandId = outcome.commandId();
    if (commandId == null) {
      sql.sql(NULL);
    } else {
      sql.binary(commandId);
    }
    sql.sql(',').binary(outcome.slot()).sql(',');
    var dot = outcome.dot();
    if (dot == null) {
      sql.sql(NULL).sql(',').sql(NULL);
    } else {
      sql.binary(dot.origin().value()).sql(',').number(dot.n());
    }
    var stamp = outcome.stamp();
    sql.sql(',').number(stamp.writer()).sql(',').number(stamp.hlc());
    sql.sql(',').number(stamp.occurredAtMicros());
    var blobs = outcome.blobs();
    sql.sql(',').binary(blobs.causality()).sql(',').binary(blobs.metadata());
    sql.sql(',').binary(blobs.reply()).sql(',').binary(blobs.events()).sql(')');
  }

  /** Binds the row's columns from parameter {@code first} on. */
  public static void bind(LogRow row, PreparedStatement statement, int first) throws SQLException {
    var at = first;
    var outcome = row.outcome();
    statement.setInt(at++, row.shard());
    statement.setLong(at++, row.offset());
    statement.setInt(at++, outcome.kind().code());
    statement.setBytes(at++, utf8(outcome.aggregate().type()));
    statement.setBytes(at++, utf8(outcome.aggregate().id()));
    if (outcome.version() == Outcome.NO_VERSION) {
      statement.setNull(at++, Types.BIGINT);
    } else {
      statement.setLong(at++, outcome.version());
    }
    var commandId = outcome.commandId();
    if (commandId == null) {
      statement.setNull(at++, Types.VARBINARY);
    } else {
      statement.setBytes(at++, utf8(commandId));
    }
    statement.setBytes(at++, utf8(outcome.slot()));
    var dot = outcome.dot();
    if (dot == null) {
      statement.setNull(at++, Types.VARBINARY);
      statement.setNull(at++, Types.BIGINT);
    } else {
      statement.setBytes(at++, utf8(dot.origin().value()));
      statement.setLong(at++, dot.n());
    }
    statement.setLong(at++, outcome.stamp().writer());
    statement.setLong(at++, outcome.stamp().hlc());
    statement.setLong(at++, outcome.stamp().occurredAtMicros());
    statement.setBytes(at++, outcome.blobs().causality());
    statement.setBytes(at++, outcome.blobs().metadata());
    statement.setBytes(at++, outcome.blobs().reply());
    statement.setBytes(at, outcome.blobs().events());
  }

  /** The row under the cursor of a result with {@link #COLUMNS}. */
  static LogRow read(ResultSet result) throws SQLException {
    var aggregate = new AggregateKey(text(result, 4), text(result, 5));
    var version = result.getLong(6); // SQL NULL reads as 0, our "no version"
    var commandId = result.getBytes(7);
    var origin = result.getBytes(9);
    var outcome =
        new Outcome(
            RowKind.ofCode(result.getInt(3)),
            aggregate,
            version,
            commandId == null ? null : new String(commandId, UTF_8),
            text(result, 8),
            origin == null
                ? null
                : new Dot(new RegionId(new String(origin, UTF_8)), result.getLong(10)),
            new Stamp(result.getLong(11), result.getLong(12), result.getLong(13)),
            new Blobs(
                result.getBytes(14),
                result.getBytes(15),
                result.getBytes(16),
                result.getBytes(17)));
    return outcome.at(result.getInt(1), result.getLong(2));
  }

  /** Reads the command of a result whose first columns are type, id and command. */
  static CommandRef command(ResultSet result) throws SQLException {
    return new CommandRef(aggregate(result), text(result, 3));
  }

  /** Reads the aggregate of a result whose first columns are type and id. */
  static AggregateKey aggregate(ResultSet result) throws SQLException {
    return new AggregateKey(text(result, 1), text(result, 2));
  }

  private static String text(ResultSet result, int column) throws SQLException {
    return new String(result.getBytes(column), UTF_8);
  }

  public static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
