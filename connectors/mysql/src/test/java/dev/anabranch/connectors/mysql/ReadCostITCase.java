package dev.anabranch.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.log.LogReader;
import dev.anabranch.model.LogRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Counts the index entries that each read touches: few, however long the log is. */
class ReadCostITCase {

  private static final int ROWS_PER_SHARD = 2_000;
  private static final int VERSIONS = 10;

  private interface Read {
    void run() throws SQLException;
  }

  @Test
  void readsTouchWhatTheyReturn() throws Exception {
    try (var region = TestRegion.create();
        var session = region.open()) {
      var rows = new ArrayList<LogRow>();
      for (var shard = 0; shard < TestRegion.SHARDS; shard++) {
        for (var offset = 0; offset < ROWS_PER_SHARD; offset++) {
          var id = shard + "-" + offset / VERSIONS;
          rows.add(TestRows.commit(shard, offset, id, 1 + offset % VERSIONS, "c" + offset));
        }
        session.append(rows.subList(rows.size() - ROWS_PER_SHARD, rows.size()));
      }
      var connector =
          new DatabaseConnector(region.config().databases().get(0), SessionSettings.DEFAULTS);
      try (var connection = connector.connect()) {
        assertCosts(connection, rows);
      }
    }
  }

  private static void assertCosts(Connection connection, List<LogRow> rows) throws SQLException {
    var reader = new LogReader(connection);
    var some = IntStream.range(0, 200).mapToObj(i -> rows.get(i * 79)).toList();
    var positions = some.stream().map(LogRow::position).toList();
    var commands =
        some.stream()
            .map(
                r -> new LogReader.CommandKey(r.outcome().aggregate(), r.outcome().commandId(), ""))
            .toList();
    var aggregates = some.stream().map(row -> row.outcome().aggregate()).distinct().toList();
    var shards = IntStream.range(0, TestRegion.SHARDS).boxed().toList();

    assertThat(entriesRead(connection, () -> reader.heads(shards))).isLessThan(60);
    assertThat(entriesRead(connection, () -> reader.page(3, 1_000, 100))).isLessThan(120);
    assertThat(entriesRead(connection, () -> reader.at(positions))).isLessThan(600);
    assertThat(entriesRead(connection, () -> reader.marks(positions))).isLessThan(600);
    assertThat(entriesRead(connection, () -> reader.byCommand(commands))).isLessThan(600);
    assertThat(entriesRead(connection, () -> reader.history(aggregates.get(0), 5, 10)))
        .isLessThan(20);
    assertThat(entriesRead(connection, () -> reader.histories(aggregates)))
        .isLessThan(3L * VERSIONS * aggregates.size());
  }

  private static long entriesRead(Connection connection, Read read) throws SQLException {
    var start = handlerReads(connection);
    var counting = handlerReads(connection) - start; // asking reads entries as well
    read.run();
    return handlerReads(connection) - start - 2 * counting;
  }

  private static long handlerReads(Connection connection) throws SQLException {
    var sum = 0L;
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler_read%'")) {
      while (result.next()) {
        sum += result.getLong(2);
      }
    }
    return sum;
  }
}
