package dev.anabranch.operators.projection;

import dev.anabranch.store.ShardHead;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks, from time to time, at how far the log goes in the shards of one database of the event
 * store. One that is away holds up what is seen of no other.
 */
final class HeadWatch implements AutoCloseable {

  private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

  private final Mailbox mailbox;
  private final LogReading log;
  private final Collection<Integer> shards;
  private final Duration interval;
  private final Reconnecting<AutoCloseable> clock;
  private final Consumer<Seen> listener;
  private final Thread thread;

  /**
   * What there was.
   *
   * @param shards that were asked for
   * @param heads of those that have rows
   * @param askedAtNanos what was committed before is among it
   */
  record Seen(Collection<Integer> shards, Map<Integer, ShardHead> heads, long askedAtNanos) {}

  /**
   * @param shards all of one database
   * @param listener called on the task's thread
   */
  HeadWatch(
      String name,
      Mailbox mailbox,
      LogReading log,
      Collection<Integer> shards,
      Duration interval,
      Consumer<Seen> listener) {
    this.mailbox = mailbox;
    this.log = log;
    this.shards = Set.copyOf(shards);
    this.interval = interval;
    this.clock = new Reconnecting<>("the time", lost -> () -> {});
    this.listener = listener;
    this.thread = new Thread(this::run, "anabranch-projection-heads-" + name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        var askedAt = System.nanoTime();
        var seen = new Seen(shards, log.heads(shards), askedAt);
        mailbox.post("log's ends seen", () -> listener.accept(seen));
        clock.pause(interval.toNanos());
      }
    } catch (InterruptedException closing) {
      // close() interrupts
    } catch (RuntimeException | Error e) {
      mailbox.post(
          "the log can't be watched",
          () -> {
            throw e;
          });
    } finally {
      log.close();
    }
  }

  @Override
  public void close() {
    clock.abandon();
    log.abandon();
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
