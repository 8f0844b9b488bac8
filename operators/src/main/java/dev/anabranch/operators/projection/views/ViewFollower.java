package dev.anabranch.operators.projection.views;

import dev.anabranch.operators.projection.version.AppliedBatches;
import dev.anabranch.operators.projection.version.LaneGauges;
import dev.anabranch.operators.projection.version.ParkedLimitException;
import dev.anabranch.operators.projection.version.ProjectionCounts;
import dev.anabranch.operators.projection.version.ProjectionFencedException;
import dev.anabranch.operators.projection.version.RebuildPace;
import dev.anabranch.operators.projection.version.TakeOver;
import dev.anabranch.operators.projection.version.ViewPlace;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.PositionGoneException;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewLog;
import dev.anabranch.query.ViewRecord;
import dev.anabranch.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version of a projection of views, in some partitions: a thread that reads the views topic
 * from the version's own position on and applies what it finds. A new version begins at the topic's
 * beginning, so a rebuild is nothing else.
 *
 * <p><b>Failure.</b> A topic that is away is waited for here, as a database is: versions that
 * follow events go on.
 *
 * <p><b>A topic that is not what it was</b> is noticed at each claim, and at each look while it
 * runs: partitions that were added are followed, a topic that was made anew or lost records is read
 * from its first record on, records that are gone unread are told with their number. What the
 * tables show already is never taken back by an earlier view.
 *
 * <p><b>Bounds.</b> One page is held at a time. {@value #MAX_REQUESTS} requests wait; further ones
 * are asked for again by the next look at the database.
 *
 * <p><b>Threads.</b> Its own; what it is asked comes from the task's thread.
 */
public final class ViewFollower implements LaneGauges, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ViewFollower.class);

  private static final int LOOKS_PER_TAKE_OVER = 10;
  private static final int MAX_REQUESTS = 1_000;

  /** Between two questions to a topic that is away; what it brings meanwhile is taken. */
  private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final VersionId version;
  private final Part part;
  private final TaskMailbox mailbox;
  private final ViewWork work;
  private final Reconnecting<QuerySession> database;
  private final ViewLog log;
  private final ProjectionCounts counts;
  private final TaskThreads threads;
  private final Worker<ParkedRequest> thread;

  private volatile long lag;
  private volatile long behindSinceNanos;
  private volatile int partitionsBehind;

  /** Partitions that are not followed: there are no positions for them. Its thread only. */
  private List<Integer> beyond = List.of();

  /** What the topic was at the last look. Its thread only. */
  private ViewLog.Topic seenTopic = new ViewLog.Topic("", 0);

  /**
   * The first other record of each partition that lost its end while it was read. The follower's
   * thread only.
   */
  private Map<Integer, Long> otherFrom = Map.of();

  /** Whether it could not be asked the last time. The follower's thread only. */
  private boolean topicIsAway;

  /**
   * What the follower has to do.
   *
   * @param subtask of {@code subtasks}: it has every partition whose number leaves this remainder
   * @param most how many partitions a version has positions for
   * @param pace of the rebuild
   * @param takeOverAfter see {@code ProjectionOperatorOptions}
   * @param lookInterval how often to look at the topic's end
   */
  public record Part(
      int subtask,
      int subtasks,
      int most,
      int maxRows,
      RebuildPace pace,
      Duration lookInterval,
      Duration takeOverAfter) {
    List<Integer> partitions(int count) {
      return IntStream.range(0, count).filter(this::has).boxed().toList();
    }

    private boolean has(int partition) {
      return partition % subtasks == subtask;
    }

    /** Returns the partitions that the version has no positions for. */
    List<Integer> beyond(int count) {
      return IntStream.range(most, Math.max(most, count)).filter(this::has).boxed().toList();
    }
  }

  public ViewFollower(
      VersionId version,
      Part part,
      TaskMailbox mailbox,
      TaskThreads threads,
      ViewWork work,
      Reconnecting<QuerySession> database,
      ViewLog log,
      ProjectionCounts counts) {
    this.version = version;
    this.part = part;
    this.mailbox = mailbox;
    this.work = work;
    this.database = database;
    this.log = log;
    this.counts = counts;
    this.threads = threads;
    this.thread =
        new Worker<>(
            "anabranch-projection-" + part.subtask + "-" + version,
            threads,
            mailbox,
            new Worker.Settings(MAX_REQUESTS, Worker.IDLE_PING));
  }

  public void start() {
    thread.start(new Following());
  }

  /** Somebody wants a dead letter tried again or discarded. */
  public void request(ParkedRequest request) {
    thread.offerOnce(request);
  }

  /** From now on readers see the version: it is held up no more. Any thread. */
  public void becameLive() {
    part.pace.end();
  }

  /** The thread's whole work is one long beginning; requests are taken between two pages. */
  private final class Following implements Worker.Work<ParkedRequest> {

    @Override
    public void begin() throws InterruptedException {
      try {
        while (true) {
          thread.requireOpen();
          claimAndFollow(patiently(log::topic));
        }
      } catch (AppliedBatches.GoneException dropped) {
        thread.end();
      }
    }

    @Override
    public void perform(ParkedRequest request) {
      throw new IllegalStateException("requests are taken between two pages");
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

  /** Returns when the topic is to be asked, and the partitions to be claimed, again. */
  private void claimAndFollow(ViewLog.Topic topic)
      throws InterruptedException, AppliedBatches.GoneException {
    beyond = part.beyond(topic.partitions());
    tellBeyond(topic);
    var partitions = part.partitions(Math.min(topic.partitions(), part.most));
    if (partitions.isEmpty()) {
      // It may get more; and what nobody claims, nobody can be told to have dropped.
      work.requireThere();
      database.pause(part.lookInterval.toNanos());
      return;
    }
    work.claim(partitions);
    var ranges = patiently(() -> log.ranges(partitions));
    if (!topic.equals(patiently(log::topic))) {
      return; // The ranges may be those of another one.
    }
    var places = work.follow(topic.id(), upToOthers(ranges));
    if (places.isEmpty()) {
      return; // Claimed by another job in this moment: the next claim will be its to lose.
    }
    otherFrom = Map.of();
    places.get().forEach(this::tell);
    try (var reading = patiently(() -> log.read(work.places(partitions), part.maxRows))) {
      follow(topic, partitions, reading);
    } catch (PositionGoneException e) {
      LOG.warn("{} looks again at what the topic of views is: {}", version, e.getMessage());
      otherFrom = e.otherFrom();
      database.pause(AWAY_NANOS);
    } catch (ProjectionFencedException e) {
      if (!e.isByOther()) {
        throw e;
      }
      LOG.warn("{}. It is left to that one while that one goes on", e.getMessage());
      leaveToTheOther(partitions);
    }
  }

  /** Whatever is behind the first record that is another one counts as not there. */
  private Map<Integer, ViewLog.Range> upToOthers(Map<Integer, ViewLog.Range> ranges) {
    var cut = new HashMap<>(ranges);
    otherFrom.forEach(
        (partition, first) ->
            cut.computeIfPresent(
                partition,
                (number, range) ->
                    new ViewLog.Range(
                        range.start(), Math.max(range.start(), first), range.leaderEpoch())));
    return cut;
  }

  private void tell(ViewPlace place) {
    switch (place.change()) {
      case MADE_ANEW ->
          LOG.warn(
              "The topic of views was made anew: {} has read partition {} of the one before up to offset {}, and"
                  + " reads this one from its first record on, {}. Rows of aggregates that it has no views of stay as"
                  + " they are; 'anabranch projections rebuild {}' shows what is in it and nothing else",
              version,
              place.partition(),
              place.before(),
              place.offset(),
              version.projection());
      case CUT_SHORT ->
          LOG.warn(
              "Partition {} of the views ends below offset {}, up to where {} has read it: the topic lost records. It"
                  + " is read again from its first record on, {}, as others may have taken their offsets",
              place.partition(),
              place.before(),
              version,
              place.offset());
      case EXPIRED ->
          LOG.warn(
              "Partition {} of the views begins at offset {}: {} records before it were deleted before {} read them."
                  + " Rows of their aggregates stay as they are until a later view comes. The topic's cleanup.policy"
                  + " is to be compact",
              place.partition(),
              place.offset(),
              place.passedOver(),
              version);
      case NONE -> {
        // As it was.
      }
    }
    if (place.change() != ViewPlace.Change.NONE) {
      mailbox.post("views moved", () -> counts.moved(place));
    }
  }

  private void tellBeyond(ViewLog.Topic topic) {
    if (!beyond.isEmpty()) {
      LOG.warn(
          "The topic of views has {} partitions, {} can follow {}, as many as the region has shards: views in"
              + " partitions {} are not shown, and count as lag",
          topic.partitions(),
          version,
          part.most,
          beyond);
    }
  }

  /** Looks on while another job fills the version; returns when that one does not. */
  private void leaveToTheOther(List<Integer> partitions)
      throws InterruptedException, AppliedBatches.GoneException {
    var takeOver = new TakeOver(part.takeOverAfter, threads.nanoTime());
    var due = false;
    while (!due) {
      database.pause(part.takeOverAfter.toNanos() / LOOKS_PER_TAKE_OVER);
      var positions = work.positionsOfAll(partitions);
      var ends = patiently(() -> log.ends(partitions));
      note(ends, positions);
      // Which may have more partitions by now, or be another one: the claim sees.
      due = takeOver.isDue(positions, ends, threads.nanoTime());
    }
    LOG.warn("The other job does not go on: this task takes its partitions of {} back", version);
  }

  /** Asks the topic until it answers: what waits for it is this version only. */
  private <T> T patiently(Supplier<T> question) throws InterruptedException {
    while (true) {
      try {
        var answer = question.get();
        answered();
        return answer;
      } catch (StoreUnavailableException e) {
        awayBecause(e);
        database.pause(AWAY_NANOS);
      }
    }
  }

  private void answered() {
    if (topicIsAway) {
      topicIsAway = false;
      LOG.info("{}: the views topic serves again", version);
    }
  }

  private void awayBecause(StoreUnavailableException e) {
    if (!topicIsAway) {
      topicIsAway = true;
      LOG.warn("{} waits for the views topic, and asks again: {}", version, e.getMessage());
    }
    // How far it goes is not known, so that the lag is not either: it is not 0.
    if (behindSinceNanos == 0) {
      behindSinceNanos = threads.nanoTime();
    }
  }

  /** Returns when the topic is not what it was. */
  private void follow(ViewLog.Topic topic, List<Integer> partitions, ViewLog.Reading reading)
      throws InterruptedException, AppliedBatches.GoneException {
    var nextLook = threads.nanoTime();
    var rebuilding = true;
    while (true) {
      thread.requireOpen();
      var records = next(reading);
      if (!records.isEmpty()) {
        var start = threads.nanoTime();
        var changed = apply(records, partitions);
        var nanos = threads.nanoTime() - start;
        mailbox.post("views applied", () -> counts.applied(records.size(), changed, nanos));
        if (rebuilding) {
          part.pace.pause(records.size(), nanos, database);
        }
      }
      serveRequests(partitions);
      if (threads.nanoTime() - nextLook >= 0) {
        var seen = look(topic, reading);
        rebuilding &= !seen || lag > 0;
        nextLook = threads.nanoTime() + (seen ? part.lookInterval.toNanos() : AWAY_NANOS);
        if (seen && !seenTopic.equals(topic)) {
          LOG.info("{}: the topic of views is {} now, it was {}", version, seenTopic, topic);
          return;
        }
      }
    }
  }

  private List<ViewRecord> next(ViewLog.Reading reading) throws InterruptedException {
    try {
      return reading.next();
    } catch (StoreUnavailableException e) {
      awayBecause(e);
      database.pause(AWAY_NANOS);
      return List.of();
    }
  }

  /** Waits, with an eye on requests, while too much is parked. */
  private int apply(List<ViewRecord> records, List<Integer> partitions)
      throws InterruptedException, AppliedBatches.GoneException {
    var told = false;
    while (true) {
      try {
        return work.apply(records);
      } catch (ParkedLimitException e) {
        if (!told) {
          LOG.warn("{}", e.getMessage());
          told = true;
        }
        database.pause(part.lookInterval.toNanos());
        serveRequests(partitions);
      }
    }
  }

  private void serveRequests(List<Integer> partitions)
      throws InterruptedException, AppliedBatches.GoneException {
    for (var next = thread.next(r -> true); next != null; next = thread.next(r -> true)) {
      if (partitions.contains(next.shard())) {
        try {
          work.retry(log, next);
        } catch (ParkedLimitException e) {
          LOG.warn("{}", e.getMessage());
        } catch (StoreUnavailableException e) {
          // The request stands: the next look at the database brings it again.
          awayBecause(e);
        }
      }
    }
  }

  /**
   * Notes how far the topic goes, and keeps the connection from being closed by the server.
   *
   * @return false if the topic does not say so now
   */
  private boolean look(ViewLog.Topic topic, ViewLog.Reading reading) throws InterruptedException {
    database.call(
        session -> {
          session.ping();
          return session;
        });
    try {
      seenTopic = reading.topic();
      if (!seenTopic.equals(topic)) {
        return true; // It may have fewer partitions, whose ends nobody knows.
      }
      var ends = new HashMap<>(reading.ends());
      if (!beyond.isEmpty()) {
        ends.putAll(log.ends(beyond));
      }
      note(ends, work.positions());
      answered();
      return true;
    } catch (StoreUnavailableException e) {
      awayBecause(e);
      return false;
    }
  }

  private void note(Map<Integer, Long> ends, Map<Integer, Long> positions) {
    var missing = 0L;
    var behind = 0;
    for (var end : ends.entrySet()) {
      var more = Math.max(0, end.getValue() - positions.getOrDefault(end.getKey(), 0L));
      missing += more;
      behind += more > 0 ? 1 : 0;
    }
    lag = missing;
    partitionsBehind = behind;
    if (missing == 0) {
      behindSinceNanos = 0;
    } else if (behindSinceNanos == 0) {
      behindSinceNanos = threads.nanoTime();
    }
  }

  @Override
  public long lagCommits() {
    return lag;
  }

  @Override
  public double lagSeconds() {
    var since = behindSinceNanos;
    return since == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(threads.nanoTime() - since) / 1e3;
  }

  @Override
  public int parkedRows() {
    return work.parkedRows();
  }

  @Override
  public int shardsBehind() {
    return partitionsBehind;
  }

  /** Its thread, for a caller who has several to end at once. */
  public Worker<?> thread() {
    return thread;
  }

  @Override
  public void close() {
    thread.close();
  }
}
