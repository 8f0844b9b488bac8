package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.measure.CpuWindow;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads the same log as {@link RecoveryCell} by hand, in pages by primary key. */
final class RawScanCell implements Cell {

  private static final int COLUMNS = 17;
  private static final int PAGE_ROWS = 1_000;
  private static final String PAGE =
      "SELECT shard, shard_offset, kind, aggregate_type, aggregate_id, version, command_id, slot,"
          + " origin, origin_n, writer, hlc, occurred_at, causality, metadata, reply, events FROM"
          + " event_log WHERE shard = ? AND shard_offset >= ? ORDER BY shard_offset LIMIT "
          + PAGE_ROWS;

  private final CellServers setting;

  RawScanCell(CellServers setting) {
    this.setting = setting;
  }

  @Override
  public String name() {
    return CellKind.RAW_SCAN.toString();
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var region = setting.storedRegion();
    var connections = setting.options().connections;
    var threads = Executors.newFixedThreadPool(connections, work -> new Thread(work, "raw-scan"));
    try {
      var parts = new ArrayList<Callable<Long>>();
      for (var part = 0; part < connections; part++) {
        var first = part;
        parts.add(() -> scan(region.schema(), first));
      }
      var cpu = CpuWindow.begin(setting.processes());
      var rows = 0L;
      for (Future<Long> each : threads.invokeAll(parts)) {
        rows += each.get();
      }
      var used = cpu.end();
      if (rows != region.commits()) {
        throw new IncorrectException(rows + " rows were read of " + region.commits());
      }
      return Measurement.of(rows, used, null, Map.of());
    } finally {
      threads.shutdownNow();
    }
  }

  private long scan(Database.Schema schema, int first) throws SQLException {
    var rows = 0L;
    try (var connection = schema.connect();
        var statement = connection.prepareStatement(PAGE)) {
      for (var shard = first; shard < setting.options().shards; ) {
        rows += scanShard(statement, shard);
        shard += setting.options().connections;
      }
    }
    return rows;
  }

  private static long scanShard(PreparedStatement statement, int shard) throws SQLException {
    var next = 0L;
    while (true) {
      statement.setInt(1, shard);
      statement.setLong(2, next);
      var inPage = 0;
      try (var page = statement.executeQuery()) {
        while (page.next()) {
          for (var column = 1; column <= COLUMNS; column++) {
            page.getBytes(column);
          }
          inPage++;
        }
      }
      next += inPage;
      if (inPage < PAGE_ROWS) {
        return next;
      }
    }
  }
}
