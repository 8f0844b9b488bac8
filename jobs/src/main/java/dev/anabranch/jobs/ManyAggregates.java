package dev.anabranch.jobs;

import java.util.Collection;
import java.util.List;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;

/**
 * RocksDB for a region of far more aggregates than the job's cache holds: nearly every command
 * reads one key that exists, and writes it. Trades local disk for processor time.
 *
 * <p>For {@code flink.state.backend.rocksdb.options-factory}; it wins over Flink's options of the
 * same name. A job may be restored with or without it: RocksDB reads what either has written.
 */
public final class ManyAggregates implements RocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  private static final double BLOOM_BITS_PER_KEY = 10;
  private static final double MEMTABLE_SHARE_OF_BLOOM = 0.1;
  private static final double KEYS_PER_HASH_BUCKET = 0.75;

  /** A checkpoint every few seconds makes as many small files: merge more of them at once. */
  private static final int FILES_BEFORE_COMPACTION = 8;

  private static final int WRITE_BUFFERS = 4;

  @Override
  public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> handlesToClose) {
    return options;
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions options, Collection<AutoCloseable> handlesToClose) {
    var bloom = new BloomFilter(BLOOM_BITS_PER_KEY, false);
    handlesToClose.add(bloom);
    var tables =
        options.tableFormatConfig() instanceof BlockBasedTableConfig configured
            ? configured
            : new BlockBasedTableConfig();
    tables
        .setFilterPolicy(bloom)
        .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
        .setDataBlockHashTableUtilRatio(KEYS_PER_HASH_BUCKET);
    return options
        .setTableFormatConfig(tables)
        // Keys that are looked for exist: the last level, where most are, needs no filter.
        .setOptimizeFiltersForHits(true)
        .setMemtablePrefixBloomSizeRatio(MEMTABLE_SHARE_OF_BLOOM)
        .setMemtableWholeKeyFiltering(true)
        .setLevel0FileNumCompactionTrigger(FILES_BEFORE_COMPACTION)
        .setMaxWriteBufferNumber(WRITE_BUFFERS)
        .setCompressionPerLevel(List.of())
        .setCompressionType(CompressionType.NO_COMPRESSION);
  }
}
