package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.projection.version.AppliedBatches;
import dev.anabranch.operators.projection.version.ParkedLimitException;
import dev.anabranch.operators.projection.version.ProjectionFencedException;
import dev.anabranch.operators.projection.version.RebuildPace;
import dev.anabranch.operators.projection.version.TakeOver;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.QuerySession;
import dev.anabranch.store.ShardHead;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocking side of a {@link VersionLane}: one thread with a connection to the query database,
 * which does the lane's requests in order, and reads from the event store what Kafka does not
 * bring.
 *
 * <p><b>Bounds.</b> The lane has one request under way.
 */
public final class VersionWorker implements Worker.Work<VersionWorker.Request> {

  private static final Logger LOG = LoggerFactory.getLogger(VersionWorker.class);

  /**
   * From one batch to the next. Without it a fast database is given one transaction after the other
   * with a row or two each, which takes the machine from everybody else; a full batch takes longer.
   */
  private static final long MIN_CYCLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final int LOOKS_PER_TAKE_OVER = 10;
  private static final int FIRST_PAGE_ROWS = 200;

  /** Bytes of the rows of one transaction, unless one row has more. */
  static final long PAGE_BYTES = 8 << 20;

  private final TaskMailbox mailbox;
  private final VersionWork work;
  private final Reconnecting<QuerySession> database;
  private final ShardReader log;
  private final Answers answers;
  private final int maxPageRows;
  private final RebuildPace pace;
  private final Duration takeOverAfter;
  private final TaskThreads threads;
  private final Worker<Request> thread;
  private List<Integer> ownShards = List.of();
  private int pageRows;

  /** What the lane hears, on the task's thread. */
  interface Answers {
    /**
     * The first answer, and the one after {@link #left}; heads are those of the store at that time.
     */
    void claimed(
        Map<Integer, Long> positions,
        Map<Integer, ShardHead> heads,
        List<ParkedRequest> interrupted,
        StoreComparison.Result comparison);

    void applied(List<LogRow> rows, int changed, long nanos);

    /**
     * @param next where the version is now in the shard
     * @param atEnd whether the store had no more rows of it
     */
    void caughtUp(int shard, long next, long hlc, boolean atEnd);

    void retried();

    /** The request could not be done: too much is parked. The version is where positions say. */
    void full(Map<Integer, Long> positions);

    /** In which shards the version stands still: in these and no others. */
    void compared(StoreComparison.Result result);

    /** Another job fills the shards: nothing is done until they are claimed again. */
    void left();

    /** How far the other job is. */
    void seenAt(Map<Integer, Long> positions, Map<Integer, ShardHead> heads);

    /** The version was dropped. */
    void gone();

    /** Comes after each of the others. */
    void endTurn();
  }

  /** Something to do. */
  interface Request {
    void run() throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException;
  }

  /**
   * @param pace of what is read from the store while the version is rebuilt
   */
  public VersionWorker(
      String name,
      TaskMailbox mailbox,
      TaskThreads threads,
      VersionWork work,
      Reconnecting<QuerySession> database,
      ShardReader log,
      Answers answers,
      int maxPageRows,
      RebuildPace pace,
      Duration takeOverAfter) {
    this.mailbox =
        (description, answer) ->
            mailbox.post(
                description,
                () -> {
                  answer.run();
                  answers.endTurn();
                });
    this.work = work;
    this.database = database;
    this.log = log;
    this.answers = answers;
    this.maxPageRows = maxPageRows;
    this.pace = pace;
    this.takeOverAfter = takeOverAfter;
    this.pageRows = Math.min(FIRST_PAGE_ROWS, maxPageRows);
    this.threads = threads;
    this.thread =
        new Worker<>("anabranch-projection-" + name, threads, mailbox, Worker.Settings.unbounded());
  }

  void start(Collection<Integer> shards) {
    ownShards = List.copyOf(shards);
    thread.submit(this::claim);
    thread.start(this);
  }

  private void claim() throws InterruptedException, AppliedBatches.GoneException {
    var positions = work.claim(ownShards);
    var interrupted = work.interrupted(ownShards);
    var heads = log.heads(ownShards);
    var lost = work.compare();
    mailbox.post("shards claimed", () -> answers.claimed(positions, heads, interrupted, lost));
  }

  /** Looks on while another job fills the version, and claims it when that one does not. */
  private void leaveToTheOther() throws InterruptedException, AppliedBatches.GoneException {
    mailbox.post("left to another job", answers::left);
    var takeOver = new TakeOver(takeOverAfter, threads.nanoTime());
    var due = false;
    while (!due) {
      database.pause(takeOverAfter.toNanos() / LOOKS_PER_TAKE_OVER);
      var positions = work.positionsOfAll(ownShards);
      var heads = log.heads(ownShards);
      mailbox.post("the other job seen", () -> answers.seenAt(positions, heads));
      var ends = new HashMap<Integer, Long>();
      heads.forEach((shard, head) -> ends.put(shard, head.offset() + 1));
      due = takeOver.isDue(positions, ends, threads.nanoTime());
    }
    LOG.warn("The other job does not go on: this task takes its shards of the version back");
    claim();
  }

  void apply(List<LogRow> rows) {
    thread.submit(
        () -> {
          var start = threads.nanoTime();
          var changed = work.apply(rows);
          var nanos = threads.nanoTime() - start;
          // What comes meanwhile shares the next transaction.
          database.pause(MIN_CYCLE_NANOS - nanos);
          mailbox.post("rows applied", () -> answers.applied(rows, changed, nanos));
        });
  }

  /**
   * @param rebuilding whether the shard has never met the log's end since the start
   */
  void catchUp(int shard, long from, boolean rebuilding) {
    thread.submit(
        () -> {
          var start = threads.nanoTime();
          var page = log.read(shard, from, pageRows, PAGE_BYTES);
          var rows = contiguous(page, from);
          if (rows.isEmpty() && !page.isEmpty()) {
            var lost = work.lacksNext(new LogPosition(shard, from));
            mailbox.post("rows are missing", () -> answers.compared(lost));
            return;
          }
          var atEnd = rows.size() == page.size() && isEnd(shard, page);
          if (!rows.isEmpty()) {
            adaptPage(rows);
            work.apply(rows);
            if (rebuilding) {
              pace.pause(rows.size(), threads.nanoTime() - start, database);
            }
          }
          var next = from + rows.size();
          var hlc = rows.isEmpty() ? 0 : rows.get(rows.size() - 1).outcome().stamp().hlc();
          mailbox.post("caught up", () -> answers.caughtUp(shard, next, hlc, atEnd));
        });
  }

  /** Whether the store had no more rows; one that is not full may have ended at its bytes. */
  private boolean isEnd(int shard, List<LogRow> page) throws InterruptedException {
    if (page.isEmpty() || page.size() == pageRows) {
      return page.isEmpty();
    }
    var head = log.heads(List.of(shard)).get(shard);
    return head != null && page.get(page.size() - 1).offset() >= head.offset();
  }

  void retry(ParkedRequest request) {
    thread.submit(
        () -> {
          work.retry(request);
          mailbox.post("parked rows tried again", answers::retried);
        });
  }

  /** Looks whether the store has what the version has applied. */
  void compare() {
    thread.submit(
        () -> {
          var lost = work.compare();
          mailbox.post("compared with the store", () -> answers.compared(lost));
        });
  }

  /** Looks at the store since another row came than the one that was applied at its place. */
  void compare(LogRow other) {
    thread.submit(
        () -> {
          var lost = work.compare(other);
          mailbox.post("compared with the store", () -> answers.compared(lost));
        });
  }

  /** Rows that the version has parked, as far as this lane's shards go. Any thread. */
  int parkedRows() {
    return work.parkedRows();
  }

  boolean isDown() {
    return database.isDown();
  }

  /** Whether the event store could not be reached when last tried. Any thread. */
  boolean isLogDown() {
    return log.isDown();
  }

  /** From now on readers see the version: it is held up no more. Any thread. */
  void becameLive() {
    pace.end();
  }

  Worker<Request> thread() {
    return thread;
  }

  @Override
  public void idle() throws InterruptedException {
    database.keepOpen(QuerySession::ping);
    log.release();
  }

  @Override
  public void abandon() {
    database.abandon();
    log.abandon();
  }

  @Override
  public void close() {
    database.close();
    log.close();
  }

  @Override
  public void perform(Request next) throws InterruptedException {
    try {
      tryTo(next);
    } catch (AppliedBatches.GoneException e) {
      mailbox.post("version dropped", answers::gone);
      thread.end();
    }
  }

  private void tryTo(Request next) throws InterruptedException, AppliedBatches.GoneException {
    try {
      next.run();
    } catch (ParkedLimitException e) {
      LOG.warn("{}", e.getMessage());
      var positions = work.positions();
      mailbox.post("too much is parked", () -> answers.full(positions));
    } catch (ProjectionFencedException e) {
      if (!e.isByOther()) {
        throw e;
      }
      LOG.warn("{}. It is left to that one while that one goes on", e.getMessage());
      leaveToTheOther();
    }
  }

  /** Few more rows than fit: for each that is asked for its size is looked at. */
  private void adaptPage(List<LogRow> rows) {
    var bytes = 0L;
    for (var row : rows) {
      bytes += 200 + row.outcome().blobs().events().length;
    }
    var fitting = PAGE_BYTES * rows.size() / bytes;
    pageRows = (int) Math.max(1, Math.min(maxPageRows, fitting));
  }

  /** Up to the first row that is missing. */
  private static List<LogRow> contiguous(List<LogRow> rows, long from) {
    for (var i = 0; i < rows.size(); i++) {
      if (rows.get(i).offset() != from + i) {
        return rows.subList(0, i);
      }
    }
    return rows;
  }
}
