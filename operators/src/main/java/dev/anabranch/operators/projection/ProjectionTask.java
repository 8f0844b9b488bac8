package dev.anabranch.operators.projection;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.projection.events.HeadWatch;
import dev.anabranch.operators.projection.events.LaneLimits;
import dev.anabranch.operators.projection.events.Projector;
import dev.anabranch.operators.projection.events.ShardReader;
import dev.anabranch.operators.projection.events.VersionLane;
import dev.anabranch.operators.projection.events.VersionWork;
import dev.anabranch.operators.projection.events.VersionWorker;
import dev.anabranch.operators.projection.version.ProjectionCounts;
import dev.anabranch.operators.projection.version.RebuildPace;
import dev.anabranch.operators.projection.views.ViewFollower;
import dev.anabranch.operators.projection.views.ViewWork;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.Projections;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.VersionInfo;
import dev.anabranch.query.ViewLog;
import dev.anabranch.store.EventStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All versions of all projections, for the shards of one subtask.
 *
 * <p><b>Versions.</b> Filled are those of the projections in the job's code that were made of the
 * same revision; they are looked for all the time, so that a rebuild needs no restart. Each has
 * lanes, connections and positions of its own: one that is slow or stuck fails no other.
 *
 * <p><b>Recovery.</b> Nothing is kept in Flink's state. Where each version is stands in the query
 * database, in the same transactions as its rows; whatever Kafka does not bring again is read from
 * the event store.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class ProjectionTask implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ProjectionTask.class);

  private final ProjectionOperatorOptions options;
  private final Environment environment;
  private final Projections projections;
  private final EventStore store;
  private final QueryDatabase database;
  private final ViewLog views;
  private final List<Integer> shards;
  private final StoreWatch watch;

  /** Those of the event store that have shards of this task; each has lanes of its own. */
  private final List<Integer> databases;

  private final List<HeadWatch> heads = new ArrayList<>();

  private final Map<VersionId, List<VersionLane>> lanes =
      new TreeMap<>(
          java.util.Comparator.comparing(VersionId::projection)
              .thenComparingInt(VersionId::version));
  private final Map<VersionId, ProjectionMetrics> metrics = new HashMap<>();

  /** The followers of versions of views; {@link #lanes} has none of these versions. */
  private final Map<VersionId, ViewFollower> followers = new HashMap<>();

  private boolean watched;

  /**
   * What surrounds the task.
   *
   * @param subtask number of the task among the job's
   * @param subtasks of the job: they share the rows per second
   */
  record Environment(
      int subtask, int subtasks, TaskMailbox mailbox, TaskThreads threads, MetricGroup metrics) {}

  ProjectionTask(
      ProjectionOperatorOptions options,
      Environment environment,
      Projections projections,
      EventStore store,
      QueryDatabase database,
      ViewLog views,
      List<Integer> shards) {
    this.options = options;
    this.environment = environment;
    this.projections = projections;
    this.store = store;
    this.database = database;
    this.views = views;
    this.shards = List.copyOf(shards);
    this.watch =
        new StoreWatch(
            Integer.toString(environment.subtask),
            environment.mailbox,
            environment.threads,
            connection(),
            options.watchInterval(),
            this::seen);
    this.databases =
        this.shards.stream().map(store.layout()::databaseOf).distinct().sorted().toList();
    for (var each : databases) {
      heads.add(
          new HeadWatch(
              environment.subtask + "-" + store.layout().databases().get(each),
              environment.mailbox,
              environment.threads,
              new ShardReader(store, environment.threads),
              this.shards.stream().filter(s -> store.layout().databaseOf(s) == each).toList(),
              options.watchInterval(),
              this::headsSeen));
    }
  }

  void start() {
    watch.start();
    heads.forEach(HeadWatch::start);
  }

  /** Whether {@link #process} may be called: not before it is known what to fill. */
  boolean hasRoom() {
    if (!watched) {
      return false;
    }
    for (var ofVersion : lanes.values()) {
      for (var lane : ofVersion) {
        if (!lane.hasRoom()) {
          return false;
        }
      }
    }
    return true;
  }

  void process(LogRow row) {
    for (var ofVersion : lanes.values()) {
      ofVersion.get(laneOf(row.shard())).offer(row);
    }
  }

  /** Whether everything taken in is committed. */
  boolean isIdle() {
    return lanes.values().stream().flatMap(List::stream).allMatch(VersionLane::isIdle);
  }

  private int laneCount() {
    return databases.size() * options.lanes();
  }

  /** A lane waits for one database, so it has shards of one only. */
  private int laneOf(int shard) {
    var database = databases.indexOf(store.layout().databaseOf(shard));
    return database * options.lanes() + shard % options.lanes();
  }

  private void headsSeen(HeadWatch.Seen seen) {
    for (var ofVersion : lanes.values()) {
      ofVersion.forEach(lane -> lane.heads(seen));
    }
  }

  private void seen(StoreWatch.Seen seen) {
    watched = true;
    removeDropped(seen.versions());
    for (var info : seen.versions()) {
      if (!lanes.containsKey(info.id()) && !followers.containsKey(info.id())) {
        var projection = projections.find(info.id().projection());
        if (projection.isPresent() && isFilledBy(info, projection.get())) {
          add(info, projection.get());
        }
      }
    }
    for (var info : seen.versions()) {
      if (info.live()) {
        lanes.getOrDefault(info.id(), List.of()).forEach(VersionLane::becameLive);
        var follower = followers.get(info.id());
        if (follower != null) {
          follower.becameLive();
        }
      }
    }
    for (var request : seen.requests()) {
      lanes.getOrDefault(request.version(), List.of()).forEach(lane -> lane.request(request));
      var follower = followers.get(request.version());
      if (follower != null) {
        follower.request(request);
      }
    }
  }

  static boolean isFilledBy(VersionInfo version, Projection projection) {
    return version.revision() == projection.revision()
        && version.definition().equals(projection.definition());
  }

  private static List<Worker<?>> stopped(List<VersionLane> ofVersion) {
    var threads = new ArrayList<Worker<?>>();
    ofVersion.forEach(lane -> lane.stop().ifPresent(threads::add));
    return threads;
  }

  private void removeDropped(List<VersionInfo> versions) {
    var existing = versions.stream().map(VersionInfo::id).toList();
    var threads = new ArrayList<Worker<?>>();
    lanes
        .entrySet()
        .removeIf(
            entry -> {
              var dropped = !existing.contains(entry.getKey());
              if (dropped) {
                LOG.info("{} was dropped", entry.getKey());
                threads.addAll(stopped(entry.getValue()));
                entry.getValue().clear();
              }
              return dropped;
            });
    followers
        .entrySet()
        .removeIf(
            entry -> {
              var dropped = !existing.contains(entry.getKey());
              if (dropped) {
                LOG.info("{} was dropped", entry.getKey());
                threads.add(entry.getValue().thread());
              }
              return dropped;
            });
    Worker.closeAll(threads);
  }

  private void add(VersionInfo info, Projection projection) {
    LOG.info("Filling {}", info.id());
    var counts =
        metrics.computeIfAbsent(info.id(), id -> new ProjectionMetrics(environment.metrics, id));
    if (projection.followsViews()) {
      var follower = follower(info, projection, counts);
      followers.put(info.id(), follower);
      counts.register(List.of(follower));
      follower.start();
      return;
    }
    var rate =
        info.live() || options.rebuildRowsPerSecond() == 0
            ? Double.POSITIVE_INFINITY
            : (double) options.rebuildRowsPerSecond() / environment.subtasks / laneCount();
    var limits = new LaneLimits(options.maxBatchRows(), options.maxPendingRows());
    var ofVersion = new ArrayList<VersionLane>();
    for (var i = 0; i < laneCount(); i++) {
      var number = i;
      var own = shards.stream().filter(shard -> laneOf(shard) == number).toList();
      var lane = new VersionLane(info.id(), own, limits, counts, environment.threads);
      ofVersion.add(lane);
      lane.start(worker(lane, projection, environment.subtask + "-" + info.id() + "-" + i, rate));
    }
    lanes.put(info.id(), ofVersion);
    counts.register(ofVersion);
  }

  private ViewFollower follower(VersionInfo info, Projection projection, ProjectionCounts counts) {
    var rate =
        info.live() || options.rebuildRowsPerSecond() == 0
            ? Double.POSITIVE_INFINITY
            : (double) options.rebuildRowsPerSecond() / environment.subtasks;
    var connection = connection();
    return new ViewFollower(
        info.id(),
        new ViewFollower.Part(
            environment.subtask,
            environment.subtasks,
            store.layout().shardCount(),
            options.maxBatchRows(),
            new RebuildPace(rate, environment.threads),
            options.watchInterval(),
            options.takeOverAfter()),
        environment.mailbox,
        environment.threads,
        new ViewWork(
            info.id(),
            projection,
            store.layout().region().value(),
            connection,
            options.maxParked()),
        connection,
        views,
        counts);
  }

  private VersionWorker worker(
      VersionLane lane, Projection projection, String name, double rowsPerSecond) {
    var connection = connection();
    var log = new ShardReader(store, environment.threads);
    var work =
        new VersionWork(
            lane.version(),
            new Projector(projection, store.layout().region().value()),
            connection,
            log,
            options.maxParked());
    return new VersionWorker(
        name,
        environment.mailbox,
        environment.threads,
        work,
        connection,
        log,
        lane,
        options.catchUpRows(),
        new RebuildPace(rowsPerSecond, environment.threads),
        options.takeOverAfter());
  }

  private Reconnecting<QuerySession> connection() {
    return new Reconnecting<>(
        "The query database",
        environment.threads,
        lost -> lost == null ? database.open() : database.reopen(lost));
  }

  @Override
  public void close() {
    var threads = new ArrayList<Worker<?>>();
    threads.add(watch.thread());
    heads.forEach(each -> threads.add(each.thread()));
    lanes.values().forEach(ofVersion -> threads.addAll(stopped(ofVersion)));
    followers.values().forEach(follower -> threads.add(follower.thread()));
    Worker.closeAll(threads);
    database.close();
    store.close();
  }
}
