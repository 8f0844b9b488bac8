package dev.anabranch.operators.projection.events;

import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
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
public final class HeadWatch implements Worker.Work<Void> {

  private final TaskMailbox mailbox;
  private final TaskThreads threads;
  private final ShardReader log;
  private final Collection<Integer> shards;
  private final Consumer<Seen> listener;
  private final Worker<Void> thread;

  /**
   * What there was.
   *
   * @param shards that were asked for
   * @param heads of those that have rows
   * @param askedAtNanos what was committed before is among it
   */
  public record Seen(
      Collection<Integer> shards, Map<Integer, ShardHead> heads, long askedAtNanos) {}

  /**
   * @param shards all of one database
   * @param listener called on the task's thread
   */
  public HeadWatch(
      String name,
      TaskMailbox mailbox,
      TaskThreads threads,
      ShardReader log,
      Collection<Integer> shards,
      Duration interval,
      Consumer<Seen> listener) {
    this.mailbox = mailbox;
    this.threads = threads;
    this.log = log;
    this.shards = Set.copyOf(shards);
    this.listener = listener;
    this.thread =
        new Worker<>(
            "anabranch-projection-heads-" + name,
            threads,
            mailbox,
            Worker.Settings.every(interval));
  }

  public void start() {
    thread.start(this);
  }

  public Worker<Void> thread() {
    return thread;
  }

  @Override
  public void perform(Void none) {}

  @Override
  public void begin() throws InterruptedException {
    idle();
  }

  /** Looks once more. */
  @Override
  public void idle() throws InterruptedException {
    var askedAt = threads.nanoTime();
    var seen = new Seen(shards, log.heads(shards), askedAt);
    mailbox.post("log's ends seen", () -> listener.accept(seen));
  }

  @Override
  public void abandon() {
    log.abandon();
  }

  @Override
  public void close() {
    log.close();
  }
}
