package dev.anabranch.benchmarks;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the cells of a run share: the servers, started when a cell first asks. */
final class Setting implements AutoCloseable {

  private final LoadOptions options;
  private final Database database;
  private final Path work;
  private final int preload;
  private final double rate;
  private @Nullable Broker broker;
  private @Nullable StoredRegion storedRegion;

  Setting(LoadOptions options, Database database, Path work, int preload, double rate) {
    this.options = options;
    this.database = database;
    this.work = work;
    this.preload = preload;
    this.rate = rate;
  }

  LoadOptions options() {
    return options;
  }

  Database database() {
    return database;
  }

  Path work() {
    return work;
  }

  int preload() {
    return preload;
  }

  double rate() {
    return rate;
  }

  /** Process ids of the servers that run, by name. */
  Map<String, Long> processes() {
    var processes = new LinkedHashMap<String, Long>();
    processes.put("database", database.pid());
    if (broker != null) {
      processes.put("kafka", broker.pid());
    }
    return processes;
  }

  Broker broker() {
    var running = broker;
    if (running == null) {
      running = Broker.start(work.resolve("kafka"));
      broker = running;
    }
    return running;
  }

  /** A region with a history, filled when a cell first asks. */
  StoredRegion storedRegion() throws Exception {
    var filled = storedRegion;
    if (filled == null) {
      filled = StoredRegion.fill(options, database.newSchema());
      storedRegion = filled;
    }
    return filled;
  }

  @Override
  public void close() {
    if (broker != null) {
      broker.close();
    }
  }
}
