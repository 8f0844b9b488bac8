package dev.anabranch.operators.command.lane;

import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreUnavailableException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in the databases which shards have commands that only a checkpoint holds, so that a start
 * without one reads all commands again.
 *
 * <p><b>Order.</b> Kafka's group moves past such commands when the checkpoint completes. So the
 * note is durable before: the checkpoint waits until at least one database of the region has it. A
 * start that can't ask a database reads everything anyway, so one is enough; all that can be
 * reached get it.
 *
 * <p><b>Bounds.</b> One request under way and one that waits; connections are opened for a note and
 * closed after it.
 *
 * <p><b>Threads.</b> The task's thread, but for the thread of its own that talks to the databases.
 */
public final class ParkedNotes implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ParkedNotes.class);
  private static final int MAX_REQUESTS = 2;
  private static final long BACKOFF_MILLIS_MIN = 50;
  private static final long BACKOFF_MILLIS_MAX = 2_000;

  private final EventStore store;
  private final TaskMailbox mailbox;
  private final Worker<Work> thread;
  private boolean started;

  // -- The task's thread.
  private Set<Integer> noted = Set.of();
  private @Nullable Set<Integer> underWay;
  private @Nullable ParkedShards settled;
  private boolean settling;

  // -- The own thread; the flag is read by the other one.
  private volatile boolean isEverywhere;
  private final @Nullable ParkedShards[] recorded;

  public ParkedNotes(EventStore store, TaskMailbox mailbox, TaskThreads threads) {
    this.store = store;
    this.mailbox = mailbox;
    this.thread =
        new Worker<>(
            "anabranch-parked-notes",
            threads,
            mailbox,
            new Worker.Settings(MAX_REQUESTS, Worker.IDLE_PING));
    this.recorded = new ParkedShards[store.layout().databases().size()];
  }

  /** Whether some database says that these shards have parked commands; else begins to say so. */
  public boolean hasNoted(int first, int last, Set<Integer> parked) {
    if (noted.containsAll(parked)) {
      return true;
    }
    if (underWay == null) {
      var all = Set.copyOf(parked);
      underWay = all;
      settled = null;
      submit(() -> noteUntilOneHasIt(new ParkedShards(first, last, all)));
    }
    return false;
  }

  /**
   * The checkpoint that is complete now leaves exactly these. Tries each database once; those that
   * are out of reach once more with the next checkpoint.
   */
  public void settle(ParkedShards parked) {
    if (underWay != null || settling || (parked.equals(settled) && isEverywhere)) {
      return;
    }
    settled = parked;
    noted = parked.parked();
    settling = true;
    submit(
        () -> {
          noteEverywhere(parked);
          mailbox.post("parked commands settled", () -> settling = false);
        });
  }

  @Override
  public void close() {
    thread.abandon();
  }

  private void submit(Work work) {
    thread.submit(work);
    if (!started) {
      // Most tasks never need it.
      started = true;
      thread.start(Work::run);
    }
  }

  private void noteUntilOneHasIt(ParkedShards parked) throws InterruptedException {
    var backoff = BACKOFF_MILLIS_MIN;
    while (!noteInOne(parked)) {
      if (backoff == BACKOFF_MILLIS_MIN) {
        LOG.warn(
            "No database can take a note of the commands that wait for one: the checkpoint waits"
                + " until one can, since a start without a checkpoint would not read them again");
      }
      thread.pause(TimeUnit.MILLISECONDS.toNanos(backoff));
      backoff = Math.min(2 * backoff, BACKOFF_MILLIS_MAX);
    }
    mailbox.post("parked commands noted", () -> noted(parked.parked()));
    noteEverywhere(parked);
  }

  private void noted(Set<Integer> parked) {
    noted = parked;
    underWay = null;
  }

  private boolean noteInOne(ParkedShards parked) {
    // From the last one on: a subtask's own databases, which are down, tend to be among the first.
    for (var database = recorded.length - 1; database >= 0; database--) {
      if (note(database, parked)) {
        return true;
      }
    }
    return false;
  }

  private void noteEverywhere(ParkedShards parked) {
    var all = true;
    for (var database = 0; database < recorded.length; database++) {
      all &= note(database, parked);
    }
    isEverywhere = all;
  }

  private boolean note(int database, ParkedShards parked) {
    if (Objects.equals(recorded[database], parked)) {
      return true;
    }
    try (var session = store.open(database)) {
      parked.recordIn(session);
      recorded[database] = parked;
      return true;
    } catch (StoreUnavailableException e) {
      LOG.debug("Database {} can't take a note of parked commands: {}", database, e.getMessage());
      return false;
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }
}
