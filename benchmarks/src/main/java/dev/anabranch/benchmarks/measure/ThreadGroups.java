package dev.anabranch.benchmarks.measure;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names for groups of this process's threads, by what the kernel calls them: the first 15
 * characters of their names.
 */
public final class ThreadGroups {

  static final String OPERATOR = "operator task";
  static final String LANES = "lanes";
  static final String SOURCE = "source task";
  static final String CLIENT = "load generator";
  static final String WRITERS = "raw writers";
  static final String KAFKA = "Kafka clients";
  static final String CHECKPOINTS = "RocksDB and checkpoint threads";
  static final String GARBAGE = "garbage collector";
  static final String COMPILER = "JIT compiler";
  static final String OTHER = "other threads";

  private static final Map<String, String> BY_PREFIX = new LinkedHashMap<>();

  static {
    BY_PREFIX.put("commands", OPERATOR);
    BY_PREFIX.put("projections", OPERATOR);
    BY_PREFIX.put("replication", OPERATOR);
    BY_PREFIX.put("anabranch-proje", LANES);
    BY_PREFIX.put("pass-through", OPERATOR);
    BY_PREFIX.put("anabranch-lane", LANES);
    BY_PREFIX.put("Source: ", SOURCE);
    BY_PREFIX.put("Source Data Fet", KAFKA);
    BY_PREFIX.put("kafka-", KAFKA);
    BY_PREFIX.put("load-", CLIENT);
    BY_PREFIX.put("tail-", CLIENT);
    BY_PREFIX.put("proxy-", CLIENT);
    BY_PREFIX.put("raw-", WRITERS);
    BY_PREFIX.put("rocksdb", CHECKPOINTS);
    BY_PREFIX.put("AsyncOperations", CHECKPOINTS);
    BY_PREFIX.put("G1 ", GARBAGE);
    BY_PREFIX.put("GC Thread", GARBAGE);
    BY_PREFIX.put("C1 ", COMPILER);
    BY_PREFIX.put("C2 ", COMPILER);
  }

  private ThreadGroups() {}

  public static String of(String threadName) {
    for (var entry : BY_PREFIX.entrySet()) {
      if (threadName.startsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    return OTHER;
  }
}
