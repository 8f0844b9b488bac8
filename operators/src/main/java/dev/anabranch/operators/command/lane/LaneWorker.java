package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The blocking side of a lane: one thread that owns one connection and does the lane's requests, in
 * order.
 *
 * <p><b>Failure.</b> A request that the database can't serve is repeated on new connections, with
 * backoff, until it succeeds or the lane closes: an append's rows stay frozen meanwhile. What
 * repeating can't help fails the task.
 *
 * <p><b>Bounds.</b> The queue holds what the lane has pending, which the lane limits, and at most
 * one request about checkpoints.
 */
public final class LaneWorker implements Worker.Work<LaneRequest> {

  private static final int MAX_LOOKUPS_PER_QUERY = 500;
  private static final int HISTORY_PAGE_ROWS = 1_000;

  private final TaskMailbox mailbox;
  private final LaneConnection connection;
  private final LossCheck losses;
  private final Worker<LaneRequest> thread;

  public LaneWorker(
      String lane,
      EventStore store,
      int database,
      TaskMailbox mailbox,
      TaskThreads threads,
      LossCheck losses) {
    this.mailbox = mailbox;
    this.losses = losses;
    this.connection = new LaneConnection(store, database, threads);
    this.thread =
        new Worker<>("anabranch-lane-" + lane, threads, mailbox, Worker.Settings.unbounded());
  }

  public void start() {
    thread.start(this);
  }

  public Worker<LaneRequest> thread() {
    return thread;
  }

  public void submit(LaneRequest request) {
    thread.submit(request);
  }

  /** Whether the database could not be reached when last tried. Any thread. */
  public boolean isDown() {
    return connection.isDown();
  }

  boolean isDownLong() {
    return connection.isDownLong();
  }

  /** How long the database has been out of reach; 0: it serves. Any thread. */
  public long downNanos() {
    return connection.downNanos();
  }

  @Override
  public void idle() throws InterruptedException {
    connection.ping();
  }

  @Override
  public void abandon() {
    connection.abandon();
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public void perform(LaneRequest request) throws InterruptedException {
    if (request instanceof LaneRequest.Find find) {
      find(withQueuedFinds(find));
    } else if (request instanceof LaneRequest.Append append) {
      var result = connection.append(append.rows());
      mailbox.post("append done", () -> append.answer().accept(result));
    } else if (request instanceof LaneRequest.ReadTail tail) {
      new TailScan(connection, mailbox, tail, losses).run();
    } else if (request instanceof LaneRequest.OfCommand command) {
      var rows = connection.call(session -> session.ofCommand(command.command()));
      mailbox.post("command read", () -> command.answer().accept(rows));
    } else if (request instanceof LaneRequest.History history) {
      var rows = connection.call(session -> historyOf(session, history));
      mailbox.post("history read", () -> history.answer().accept(rows));
    } else if (request instanceof LaneRequest.Commits commits) {
      var key = commits.aggregate();
      var rows =
          connection.call(
              session -> session.commits(List.of(key)).getOrDefault(key, List.<LogRow>of()));
      mailbox.post("commits read", () -> commits.answer().accept(rows));
    } else if (request instanceof LaneRequest.Answered answered) {
      var isOwner =
          connection.call(session -> session.recordAnswered(answered.writer(), answered.marks()));
      mailbox.post("answers recorded", () -> answered.answer().accept(isOwner));
    } else if (request instanceof LaneRequest.Checkpointed checkpointed) {
      record(checkpointed);
    } else if (request instanceof LaneRequest.Bookmark bookmark) {
      losses.record(connection, bookmark.ends());
      mailbox.post("bookmark recorded", bookmark.answer()::run);
    } else if (request instanceof LaneRequest.BehindOwnPast behind) {
      losses.refuse(connection, behind.shard(), behind.what());
    }
  }

  /** Repeats come in bursts, after a restart: one query for all that wait in a row. */
  private List<LaneRequest.Find> withQueuedFinds(LaneRequest.Find first) {
    var finds = new ArrayList<LaneRequest.Find>();
    finds.add(first);
    while (finds.size() < MAX_LOOKUPS_PER_QUERY
        && thread.next(LaneRequest.Find.class::isInstance) instanceof LaneRequest.Find next) {
      finds.add(next);
    }
    return finds;
  }

  private void find(List<LaneRequest.Find> finds) throws InterruptedException {
    var found = connection.call(session -> findIn(session, finds));
    mailbox.post(
        "rows found",
        () -> {
          for (var find : finds) {
            find.answer().accept(found.get(find.command()));
          }
        });
  }

  private static Map<CommandRef, LogRow> findIn(LogSession session, List<LaneRequest.Find> finds) {
    var positions = new ArrayList<LogPosition>();
    for (var find : finds) {
      if (find.position() != null) {
        positions.add(find.position());
      }
    }
    var found =
        positions.isEmpty()
            ? new HashMap<CommandRef, LogRow>()
            : byCommand(session.rows(positions));
    var missing =
        finds.stream()
            .map(LaneRequest.Find::command)
            .filter(c -> !found.containsKey(c))
            .distinct()
            .toList();
    if (!missing.isEmpty()) {
      found.putAll(byCommand(session.byCommand(missing)));
    }
    return found;
  }

  private static Map<CommandRef, LogRow> byCommand(List<LogRow> rows) {
    Function<LogRow, CommandRef> command =
        row ->
            new CommandRef(
                row.outcome().aggregate(),
                row.outcome().commandId() == null ? "" : row.outcome().commandId());
    return rows.stream().collect(Collectors.toMap(command, row -> row, (a, b) -> a, HashMap::new));
  }

  private static List<LogRow> historyOf(LogSession session, LaneRequest.History history) {
    var rows = new ArrayList<LogRow>();
    List<LogRow> page;
    do {
      var last = rows.isEmpty() ? 0 : rows.get(rows.size() - 1).outcome().version();
      page = session.history(history.aggregate(), last, HISTORY_PAGE_ROWS);
      rows.addAll(page);
    } while (page.size() == HISTORY_PAGE_ROWS);
    return rows;
  }

  private void record(LaneRequest.Checkpointed checkpointed) throws InterruptedException {
    connection.call(
        session -> {
          session.recordPublished(checkpointed.publishedNext());
          return checkpointed;
        });
    mailbox.post("checkpoint recorded", checkpointed.answer()::run);
  }
}
