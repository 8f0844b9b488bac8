package dev.anabranch.operators.projection;

import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionInfo;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks, from time to time, at what tools have done: versions that came and went, requests about
 * parked rows.
 */
final class StoreWatch implements Worker.Work<Void> {

  private final TaskMailbox mailbox;
  private final Reconnecting<QuerySession> database;
  private final Consumer<Seen> listener;
  private final Worker<Void> thread;

  /** What there was. */
  record Seen(List<VersionInfo> versions, List<ParkedRequest> requests) {}

  /**
   * @param listener called on the task's thread
   */
  StoreWatch(
      String name,
      TaskMailbox mailbox,
      TaskThreads threads,
      Reconnecting<QuerySession> database,
      Duration interval,
      Consumer<Seen> listener) {
    this.mailbox = mailbox;
    this.database = database;
    this.listener = listener;
    this.thread =
        new Worker<>(
            "anabranch-projection-watch-" + name,
            threads,
            mailbox,
            Worker.Settings.every(interval));
  }

  void start() {
    thread.start(this);
  }

  Worker<Void> thread() {
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
    var versions = database.call(QuerySession::versions);
    var requests = database.call(QuerySession::requests);
    var seen = new Seen(versions, requests);
    mailbox.post("projections seen", () -> listener.accept(seen));
  }

  @Override
  public void abandon() {
    database.abandon();
  }

  @Override
  public void close() {
    database.close();
  }
}
