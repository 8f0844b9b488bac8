package dev.anabranch.connectors.mysql.conflict;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SqlFailure;
import dev.anabranch.connectors.mysql.schema.LayoutCheck;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.model.Shards;
import dev.anabranch.model.view.ConflictRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of one subtask on their way to the databases.
 *
 * <p><b>When.</b> {@link #DELAY_MILLIS} after the first that waits, so that people see a conflict
 * soon and many at once cost few statements; at each checkpoint; when enough have come.
 *
 * <p><b>Bounds.</b> {@link #MAX_WAITING} conflicts, and {@link #MAX_WAITING_BYTES} of them or one;
 * then it waits for the databases, which is back-pressure: nothing is dropped. A checkpoint holds
 * as much.
 *
 * <p><b>Too large.</b> A conflict that a database does not take in one statement is written without
 * the states of its versions, and says so.
 *
 * <p><b>Threads.</b> The task's thread only, timers included.
 */
final class ConflictTableWriter implements StatefulSinkWriter<ConflictRecord, ConflictRecord> {

  private static final Logger LOG = LoggerFactory.getLogger(ConflictTableWriter.class);

  static final int MAX_WAITING = 10_000;

  /** The states that records show are counted, which are nearly all of them. */
  static final long MAX_WAITING_BYTES = 32 << 20;

  /** So many are written at once, without waiting for the timer. */
  private static final long BATCH_BYTES = 4 << 20;

  static final long DELAY_MILLIS = 200;
  private static final int BATCH = 200;
  static final long RETRY_MILLIS = 2_000;
  private static final long PAUSE_MILLIS = 200;

  private final MySqlStoreConfig config;
  private final Timers timers;
  private final int[] homes;

  /** The latest of each conflict, by aggregate and conflict id, in the order of the first. */
  private final Map<String, ConflictRecord> waiting = new LinkedHashMap<>();

  private long waitingBytes;

  /** What waited after the last attempt to write. */
  private long triedBytes;

  private final Map<Integer, Connection> connections = new HashMap<>();

  /** When a database was found to be away. */
  private final Map<Integer, Long> awaySince = new HashMap<>();

  private boolean timerIsSet;

  /** Calls back on the task's thread. */
  interface Timers {
    long nowMillis();

    void in(long millis, Runnable action);
  }

  ConflictTableWriter(MySqlStoreConfig config, Timers timers, Collection<ConflictRecord> restored) {
    this.config = config;
    this.timers = timers;
    this.homes = config.homes();
    restored.forEach(this::keep);
    writeLater();
  }

  @Override
  public void write(ConflictRecord record, Context context) throws InterruptedException {
    keep(record);
    if (waiting.size() % BATCH == 0 || waitingBytes - triedBytes >= BATCH_BYTES) {
      writeAll();
    }
    while (waiting.size() >= MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      writeAll();
    }
    writeLater();
  }

  /** What can't be written now is kept in the checkpoint. */
  @Override
  public void flush(boolean endOfInput) throws InterruptedException {
    writeAll();
    while (endOfInput && !waiting.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      writeAll();
    }
  }

  @Override
  public List<ConflictRecord> snapshotState(long checkpointId) {
    return List.copyOf(waiting.values());
  }

  @Override
  public void close() {
    connections.values().forEach(DatabaseConnector::closeQuietly);
    connections.clear();
  }

  private void keep(ConflictRecord record) {
    var key = record.aggregate() + "\n" + record.conflictId();
    var before = waiting.get(key);
    if (before == null || before.position() <= record.position()) {
      waiting.put(key, record);
      waitingBytes += sizeOf(record) - (before == null ? 0 : sizeOf(before));
    }
  }

  private static long sizeOf(ConflictRecord record) {
    var bytes = 0L;
    for (var version : record.live()) {
      var state = version.state();
      bytes += state == null ? 0 : state.data().length;
    }
    return bytes;
  }

  /** How large what waits is. */
  long waitingBytes() {
    return waitingBytes;
  }

  private void writeLater() {
    if (!timerIsSet && !waiting.isEmpty()) {
      timerIsSet = true;
      timers.in(
          DELAY_MILLIS,
          () -> {
            timerIsSet = false;
            writeAll();
            writeLater();
          });
    }
  }

  private void writeAll() {
    var byDatabase = new HashMap<Integer, Map<String, ConflictRecord>>();
    waiting.forEach(
        (key, record) ->
            byDatabase
                .computeIfAbsent(databaseOf(record), any -> new LinkedHashMap<>())
                .put(key, record));
    byDatabase.forEach(
        (database, records) -> {
          if (mayBeTried(database) && write(database, records)) {
            waiting.keySet().removeAll(records.keySet());
            records.values().forEach(record -> waitingBytes -= sizeOf(record));
          }
        });
    triedBytes = waitingBytes;
  }

  private boolean mayBeTried(int database) {
    var since = awaySince.get(database);
    // A wall clock may be set back.
    return since == null || Math.abs(timers.nowMillis() - since) >= RETRY_MILLIS;
  }

  private boolean write(int database, Map<String, ConflictRecord> records) {
    var connector = new DatabaseConnector(config.databases().get(database), config.sessions());
    try {
      var all = new ArrayList<>(records.values());
      for (var from = 0; from < all.size(); from += BATCH) {
        writeBatch(
            connection(database, connector), all.subList(from, Math.min(from + BATCH, all.size())));
      }
      awaySince.remove(database);
      return true;
    } catch (SQLException e) {
      var connection = connections.remove(database);
      if (connection != null) {
        DatabaseConnector.closeQuietly(connection);
      }
      var failure = SqlFailure.of(e);
      if (failure == SqlFailure.PROGRAM || failure == SqlFailure.REFUSED) {
        throw connector.failure("write conflicts to", e);
      }
      awaySince.put(database, timers.nowMillis());
      LOG.warn(
          "{} conflicts wait to be written: {}",
          records.size(),
          connector.failure("write conflicts to", e).getMessage());
      return false;
    }
  }

  private static void writeBatch(Connection connection, List<ConflictRecord> records)
      throws SQLException {
    try {
      ConflictTable.write(connection, records);
    } catch (SQLException e) {
      if (!SqlFailure.isAboutData(e)) {
        throw e;
      }
      for (var record : records) {
        writeOne(connection, record);
      }
    }
  }

  /** One that is too large must not keep the others out. */
  private static void writeOne(Connection connection, ConflictRecord record) throws SQLException {
    try {
      ConflictTable.write(connection, List.of(record));
    } catch (SQLException e) {
      if (!SqlFailure.isAboutData(e)) {
        throw e;
      }
      var why = "its states are not shown, the database does not take them: ";
      LOG.warn(
          "Conflict {} of {} is written without states: {}",
          record.conflictId(),
          record.aggregate(),
          SqlFailure.describe(e));
      ConflictTable.write(connection, List.of(record.withoutStates(why + SqlFailure.describe(e))));
    }
  }

  private Connection connection(int database, DatabaseConnector connector) throws SQLException {
    var known = connections.get(database);
    if (known != null && known.isValid(1)) {
      return known;
    }
    if (known != null) {
      // The server closes what is idle for long.
      DatabaseConnector.closeQuietly(known);
    }
    var opened = connector.connect();
    LayoutCheck.forWriting(config).requireReady(connector, opened);
    connections.put(database, opened);
    return opened;
  }

  private int databaseOf(ConflictRecord record) {
    return homes[Shards.shardOf(record.aggregate(), config.shardCount())];
  }
}
