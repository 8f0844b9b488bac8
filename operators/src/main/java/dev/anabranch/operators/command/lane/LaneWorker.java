package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.ReadAhead;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.EventStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The blocking side of a lane: one thread that owns one connection and does the lane's requests, in
 * order.
 *
 * <p><b>Failure.</b> A request that the database can't serve is repeated on new connections, with
 * backoff, until it succeeds or the lane closes: an append's rows stay frozen meanwhile. What
 * repeating can't help fails the task.
 *
 * <p><b>Bounds.</b> The queue holds what the lane has pending, which the lane limits, and at most
 * one request about checkpoints. Of what is read no more than {@link TailScan#PAGES_AHEAD} pages
 * wait for the task, each of {@link ReadAhead#PAGE_BYTES}, or of one row.
 */
public final class LaneWorker implements Worker.Work<LaneRequest> {

  private static final int MAX_LOOKUPS_PER_QUERY = 500;

  private final TaskMailbox mailbox;
  private final LaneConnection connection;
  private final LossCheck losses;
  private final ReadAhead ahead;
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
    this.ahead = new ReadAhead(threads, TailScan.PAGES_AHEAD);
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
      new TailScan(connection, mailbox, tail, losses, ahead).run();
    } else if (request instanceof LaneRequest.OfCommand command) {
      ahead.acquire();
      var rows = connection.call(session -> session.ofCommand(command.command()));
      give("command read", () -> command.answer().accept(rows));
    } else if (request instanceof LaneRequest.History history) {
      readHistory(history);
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
    var missing = new LinkedHashMap<CommandRef, List<LaneRequest.Find>>();
    for (var find : withoutRow(finds)) {
      missing.computeIfAbsent(find.command(), any -> new ArrayList<>()).add(find);
    }
    var left = List.copyOf(missing.keySet());
    while (!left.isEmpty()) {
      var commands = left;
      ahead.acquire();
      var found = connection.call(session -> session.byCommand(commands, ReadAhead.PAGE_BYTES));
      var rows = byCommand(found.rows());
      var asked = commands.subList(0, found.asked());
      give(
          "rows found", () -> asked.forEach(c -> answer(missing.getOrDefault(c, List.of()), rows)));
      left = commands.subList(found.asked(), commands.size());
    }
  }

  /** Answers what is found at its position, and returns the rest, in order. */
  private List<LaneRequest.Find> withoutRow(List<LaneRequest.Find> finds)
      throws InterruptedException {
    var placed = new LinkedHashMap<LogPosition, List<LaneRequest.Find>>();
    for (var find : finds) {
      var position = find.position();
      if (position != null) {
        placed.computeIfAbsent(position, any -> new ArrayList<>()).add(find);
      }
    }
    var answered = new HashSet<LaneRequest.Find>();
    var left = List.copyOf(placed.keySet());
    while (!left.isEmpty()) {
      var positions = left;
      ahead.acquire();
      var found = connection.call(session -> session.rows(positions, ReadAhead.PAGE_BYTES));
      var rows = byCommand(found.rows());
      var here = new ArrayList<LaneRequest.Find>();
      for (var position : positions.subList(0, found.asked())) {
        for (var find : placed.getOrDefault(position, List.of())) {
          if (rows.containsKey(find.command())) {
            here.add(find);
          }
        }
      }
      answered.addAll(here);
      give("rows found", () -> answer(here, rows));
      left = positions.subList(found.asked(), positions.size());
    }
    return finds.stream().filter(find -> !answered.contains(find)).toList();
  }

  private static void answer(List<LaneRequest.Find> finds, Map<CommandRef, LogRow> rows) {
    for (var find : finds) {
      find.answer().accept(rows.get(find.command()));
    }
  }

  private static Map<CommandRef, LogRow> byCommand(List<LogRow> rows) {
    var byCommand = new HashMap<CommandRef, LogRow>();
    rows.forEach(row -> byCommand.put(CommandRef.of(row), row));
    return byCommand;
  }

  private void readHistory(LaneRequest.History history) throws InterruptedException {
    var rebuild = history.rebuild();
    while (!rebuild.hasEnough()) {
      ahead.acquire();
      var page = connection.call(rebuild.pages()::next);
      if (page.isEmpty()) {
        ahead.release();
        break;
      }
      give("history rows", () -> rebuild.rows(page));
    }
    mailbox.post("history read", history.answer()::run);
  }

  /** Hands rows to the task; what the lane reads next may wait until it has taken them. */
  private void give(String description, TaskMailbox.Action action) {
    mailbox.post(
        description,
        () -> {
          ahead.release();
          action.run();
        });
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
