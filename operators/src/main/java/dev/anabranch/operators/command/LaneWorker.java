package dev.anabranch.operators.command;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
final class LaneWorker {

  private static final int MAX_LOOKUPS_PER_QUERY = 500;
  private static final int HISTORY_PAGE_ROWS = 1_000;
  private static final long IDLE_PING_SECONDS = 5;
  private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

  private final TaskMailbox mailbox;
  private final LaneConnection connection;
  private final LossCheck losses;
  private final BlockingQueue<LaneRequest> requests = new LinkedBlockingQueue<>();
  private final Thread thread;

  LaneWorker(String lane, EventStore store, int database, TaskMailbox mailbox, LossCheck losses) {
    this.mailbox = mailbox;
    this.losses = losses;
    this.connection = new LaneConnection(store, database);
    this.thread = new Thread(this::run, "anabranch-lane-" + lane);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void submit(LaneRequest request) {
    requests.add(request);
  }

  /** Whether the database could not be reached when last tried. Any thread. */
  boolean isDown() {
    return connection.isDown();
  }

  /** How long the database has been out of reach; 0: it serves. Any thread. */
  long downNanos() {
    return connection.downNanos();
  }

  /** Lets the thread end; an append under way is of unknown outcome then. */
  void abandon() {
    connection.abandon();
    thread.interrupt();
  }

  /** Ends all the threads: all of them at once, since each may hang for its own while. */
  static void closeAll(List<LaneWorker> workers) {
    workers.forEach(LaneWorker::abandon);
    var deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_TIMEOUT_MILLIS);
    try {
      for (var worker : workers) {
        var left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        worker.thread.join(Math.max(1, left));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        var first = requests.poll(IDLE_PING_SECONDS, TimeUnit.SECONDS);
        if (first == null) {
          connection.ping();
        } else {
          perform(first);
        }
      }
    } catch (InterruptedException closing) {
      // abandon() interrupts; nobody waits for an answer any more
    } catch (RuntimeException | Error e) {
      mailbox.post(
          "lane failed",
          () -> {
            throw e;
          });
    } finally {
      connection.close();
    }
  }

  private void perform(LaneRequest request) throws InterruptedException {
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
        && requests.peek() instanceof LaneRequest.Find next) {
      requests.remove();
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
