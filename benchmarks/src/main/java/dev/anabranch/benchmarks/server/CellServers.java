package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.LoadOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the cells of a run share: the servers, started when a cell first asks. */
public final class CellServers implements AutoCloseable {

  private final LoadOptions options;
  private final Database database;
  private final Path work;
  private final int preload;
  private final double rate;
  private final int backlog;
  private final Map<Integer, String> peerLogs = new HashMap<>();
  private @Nullable Broker broker;
  private @Nullable Broker otherBroker;
  private @Nullable StoredRegion storedRegion;

  /**
   * @param preload commands or commits on the topics that backlog cells read
   * @param backlog commits that are waiting when a link is healed
   * @param rate commands per second of open loops
   */
  public CellServers(
      LoadOptions options, Database database, Path work, int preload, int backlog, double rate) {
    this.options = options;
    this.database = database;
    this.work = work;
    this.preload = preload;
    this.backlog = backlog;
    this.rate = rate;
  }

  public LoadOptions options() {
    return options;
  }

  public Database database() {
    return database;
  }

  public Path work() {
    return work;
  }

  public int preload() {
    return preload;
  }

  public int backlog() {
    return backlog;
  }

  public double rate() {
    return rate;
  }

  /** Process ids of the servers that run, by name. */
  public Map<String, Long> processes() {
    var processes = new LinkedHashMap<String, Long>();
    processes.put("database", database.pid());
    if (broker != null) {
      processes.put("kafka", broker.pid());
    }
    if (otherBroker != null) {
      processes.put("other kafka", otherBroker.pid());
    }
    return processes;
  }

  public Broker broker() {
    var running = broker;
    if (running == null) {
      running = Broker.start(work.resolve("kafka"));
      broker = running;
    }
    return running;
  }

  /** That of another region, a process of its own. */
  public Broker otherBroker() {
    var running = otherBroker;
    if (running == null) {
      running = Broker.start(work.resolve("other-kafka"));
      otherBroker = running;
    }
    return running;
  }

  /** A topic with the published log of {@link PeerLog#REGION}, filled when a cell first asks. */
  public String peerLog(int commits) {
    return peerLogs.computeIfAbsent(commits, count -> PeerLog.fill(this, count));
  }

  /** A region with a history, filled when a cell first asks. */
  public StoredRegion storedRegion() throws Exception {
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
    if (otherBroker != null) {
      otherBroker.close();
    }
  }
}
