package dev.anabranch.operators.replication.intake;

import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.LogEnds;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many rows of a region's log this subtask has still to read: asks every few seconds where the
 * log ends, on a thread of its own; and now and then whether it has partitions that nobody reads.
 *
 * <p><b>Threads.</b> {@link #read} from the task's, {@link #rows} from any.
 */
final class PeerLag implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PeerLag.class);

  /** The region does not answer: nobody knows. */
  static final long UNKNOWN = -1;

  /** By partition, what is to be read next. Only partitions of this subtask are in it. */
  private final Map<Integer, AtomicLong> next = new ConcurrentHashMap<>();

  private final String region;
  private final LogEnds.Session session;
  private final Worker<Void> timer;
  private volatile long rows = UNKNOWN;
  private volatile boolean answered = true;
  private volatile int partitionsNotRead;
  private int untilComparison;

  /** Asks for one question about partitions. */
  static final int PARTITIONS_EVERY = 12;

  PeerLag(
      String region, LogEnds ends, Duration interval, TaskMailbox mailbox, TaskThreads threads) {
    this.region = region;
    this.session = ends.open();
    this.timer =
        new Worker<>("anabranch-lag-" + region, threads, mailbox, Worker.Settings.every(interval));
    timer.start(new Asking());
  }

  private final class Asking implements Worker.Work<Void> {

    @Override
    public void perform(Void none) {}

    @Override
    public void idle() {
      ask();
    }
  }

  /** A record was read. */
  void read(int partition, long offset) {
    var position = next.get(partition);
    if (position == null) {
      next.put(partition, new AtomicLong(offset + 1));
    } else {
      position.lazySet(offset + 1);
    }
  }

  /**
   * Rows that were to be read at the last answer, or {@link #UNKNOWN} if the last question had
   * none.
   */
  long rows() {
    return rows;
  }

  /** What the last answer said. */
  int partitionsNotRead() {
    return partitionsNotRead;
  }

  private void comparePartitions() {
    partitionsNotRead = session.partitionsNotRead();
    if (partitionsNotRead != 0) {
      LOG.error(
          "The events topic of region {} has {} partitions {} than this job reads: {}. Set"
              + " peer.{}.events-partitions (of the own region: region.events-partitions) to what"
              + " the topic has, and submit the job again without a checkpoint",
          region,
          Math.abs(partitionsNotRead),
          partitionsNotRead > 0 ? "more" : "fewer",
          partitionsNotRead > 0 ? "their rows never come" : "it waits for those that are not there",
          region);
    }
  }

  void ask() {
    try {
      if (--untilComparison < 0) {
        // A region that can't be reached now is compared as soon as it can.
        untilComparison = 0;
        comparePartitions();
        untilComparison = PARTITIONS_EVERY - 1;
      }
      var behind = 0L;
      var ends = session.ends();
      for (var partition : next.entrySet()) {
        var end = ends.getOrDefault(partition.getKey(), 0L);
        behind += Math.max(0, end - partition.getValue().get());
      }
      rows = behind;
      answered = true;
    } catch (RuntimeException e) {
      rows = UNKNOWN;
      if (answered) {
        LOG.info("How far the log of region {} is ahead is not known: {}", region, e.getMessage());
      }
      answered = false;
    }
  }

  @Override
  public void close() {
    timer.abandon();
    session.close();
  }
}
