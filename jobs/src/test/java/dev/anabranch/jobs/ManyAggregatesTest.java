package dev.anabranch.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class ManyAggregatesTest {

  private static final int KEYS = 5_000;

  @TempDir Path directory;

  @Test
  void aDatabaseIsReadWithAndWithoutIt() throws Exception {
    RocksDB.loadLibrary();

    write(false, 0);
    write(true, KEYS);
    check(true);
    check(false);
  }

  @Test
  void keepsWhatFlinkHasSetForTables() throws Exception {
    RocksDB.loadLibrary();
    var handles = new ArrayList<AutoCloseable>();
    try (var given =
            new ColumnFamilyOptions()
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockSize(16_384));
        var tuned = new ManyAggregates().createColumnOptions(given, handles)) {
      var tables = (BlockBasedTableConfig) tuned.tableFormatConfig();

      assertThat(tables.blockSize()).isEqualTo(16_384);
      assertThat(tables.filterPolicy()).isNotNull();
      assertThat(handles).containsExactly(tables.filterPolicy());
    } finally {
      for (var handle : handles) {
        handle.close();
      }
    }
  }

  private void write(boolean tuned, int from) throws Exception {
    with(
        tuned,
        db -> {
          try (var flush = new FlushOptions()) {
            for (var key = from; key < from + KEYS; key++) {
              db.put(bytes("key" + key), bytes("value" + key));
              if (key % 1_000 == 0) {
                db.flush(flush);
              }
            }
          }
        });
  }

  private void check(boolean tuned) throws Exception {
    with(
        tuned,
        db -> {
          for (var key = 0; key < 2 * KEYS; key++) {
            assertThat(db.get(bytes("key" + key))).isEqualTo(bytes("value" + key));
          }
          assertThat(db.get(bytes("key" + 2 * KEYS))).isNull();
        });
  }

  private void with(boolean tuned, Work work) throws Exception {
    var handles = new ArrayList<AutoCloseable>();
    try (var plain = new ColumnFamilyOptions();
        var database = new DBOptions().setCreateIfMissing(true)) {
      var columns = tuned ? new ManyAggregates().createColumnOptions(plain, handles) : plain;
      try (var options = new Options(database, columns);
          var db = RocksDB.open(options, directory.toString())) {
        work.on(db);
      }
    } finally {
      for (var handle : handles) {
        handle.close();
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private interface Work {
    void on(RocksDB db) throws RocksDBException;
  }
}
