package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.operators.command.aggregate.AggregateCache;
import dev.anabranch.operators.command.aggregate.CommandState;
import dev.anabranch.operators.command.aggregate.HeardRegions;
import dev.anabranch.operators.command.decide.Decisions;
import dev.anabranch.operators.command.lane.Bookmarks;
import dev.anabranch.operators.command.lane.DrainTimer;
import dev.anabranch.operators.command.lane.Lane;
import dev.anabranch.operators.command.lane.LaneRequest;
import dev.anabranch.operators.command.lane.LaneWorker;
import dev.anabranch.operators.command.lane.Lanes;
import dev.anabranch.operators.command.lane.LossCheck;
import dev.anabranch.operators.command.lane.ParkedNotes;
import dev.anabranch.operators.command.lane.ParkedShards;
import dev.anabranch.operators.command.lane.ShardClocks;
import dev.anabranch.operators.command.lane.ShardCursor;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.PublishedLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * The shards that one subtask owns, and everything that happens to their commands between a record
 * of the commands topic and the rows, replies and dead letters.
 *
 * <p><b>Lifecycle.</b> {@link #own} each shard, {@link #start}, then {@link #process}; a checkpoint
 * is {@link #beginDrain}, {@link #snapshot}, later {@link #checkpointCompleted}. {@link #close}
 * abandons what is pending: the store and the next start settle it.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class CommandShards implements AutoCloseable {

  /**
   * Checkpoints that may be under way or aborted before the oldest one's positions are forgotten.
   */
  private static final int MAX_OPEN_CHECKPOINTS = 100;

  private final CommandOperatorOptions options;
  private final EventStore store;
  private final CommandState state;
  private final Environment environment;
  private final Lanes lanes;
  private final AggregateCache aggregates;
  private final CommandProcessor processor;
  private final ShardClocks clocks;
  private final HeldAggregates held;
  private final RemoteCommits remote;
  private final EndOfTurn endOfTurn;
  private final CommandMetrics metrics;
  private final ParkedNotes notes;
  private final long writer;
  private final LossCheck losses;
  private final Bookmarks bookmarks;
  private final Map<String, Lane> lanesByName = new HashMap<>();
  private final Map<Integer, @Nullable ShardRecord> restored = new HashMap<>();
  private final Map<Integer, List<CommandRecord>> restoredParked = new HashMap<>();
  private final Map<Integer, List<CommandRecord>> restoredRemote = new HashMap<>();
  private final Set<Integer> shardsWithParked = new HashSet<>();
  private final Set<Integer> shardsWithRemote = new HashSet<>();
  private final TreeMap<Long, Checkpoint> checkpoints = new TreeMap<>();
  private final DrainTimer drainTimer;

  CommandShards(
      CommandOperatorOptions options,
      AggregateTypes types,
      EventStore store,
      CommandState state,
      Environment environment) {
    this.options = options;
    this.store = store;
    this.state = state;
    this.environment = environment;
    this.lanes = new Lanes(options.shardCount());
    this.drainTimer = new DrainTimer(environment.mailbox(), environment.threads());
    this.notes = new ParkedNotes(store, environment.mailbox(), environment.threads());
    this.aggregates =
        new AggregateCache(
            types,
            state,
            regionsOf(options),
            options.maxCachedAggregates(),
            options.maxCachedBytes());
    this.held = new HeldAggregates(state, options.shardCount());
    this.metrics = new CommandMetrics(environment.metrics(), lanes, aggregates, held);
    var topic = environment.published().open();
    this.losses =
        new LossCheck(
            topic,
            store.layout(),
            options.region(),
            metrics::shardsUnchecked,
            environment.threads());
    this.bookmarks =
        new Bookmarks(topic, store.layout(), lanes, environment.mailbox(), environment.threads());
    this.writer = environment.threads().newId();
    var answers =
        new UnbackedAnswers(
            options, lanes, writer, environment.outputs(), environment.clock(), metrics);
    this.processor =
        new CommandProcessor(
            options,
            aggregates,
            lanes,
            new Decisions(options.region(), options.regions(), writer, options.maxCommitBytes()),
            answers,
            environment.outputs(),
            environment.clock(),
            metrics);
    this.clocks = new ShardClocks(state, options.shardCount());
    this.remote =
        new RemoteCommits(
            options,
            aggregates,
            lanes,
            processor,
            environment.outputs(),
            metrics,
            losses,
            held,
            new UnnamedOrigins(options, state.gateEntries()));
    var commits =
        new CommitPath(
            options,
            lanes,
            processor,
            remote,
            environment.outputs(),
            metrics,
            environment.threads());
    this.endOfTurn =
        new EndOfTurn(processor, remote, answers, commits, aggregates, environment.threads());
  }

  private static HeardRegions.Regions regionsOf(CommandOperatorOptions options) {
    return new HeardRegions.Regions(
        new RegionId(options.region()),
        options.regions().all().stream().map(RegionId::new).toList());
  }

  /** Takes the shard over, from its checkpointed position. */
  void own(int shard) {
    var record = state.shard(shard);
    lanes
        .cursors()
        .add(
            record == null
                ? new ShardCursor(shard)
                : new ShardCursor(shard, record, clocks.read(shard)));
    restored.put(shard, record);
    var parked = state.parked(shard);
    if (!parked.isEmpty()) {
      restoredParked.put(shard, parked);
      shardsWithParked.add(shard);
    }
    var remoteParked = state.parkedRemote(shard);
    if (!remoteParked.isEmpty()) {
      restoredRemote.put(shard, remoteParked);
      shardsWithRemote.add(shard);
    }
    held.own(shard);
    losses.own(shard);
    var database = store.layout().databaseOf(shard);
    var index = shard % options.batching().lanesPerDatabase();
    var name = store.layout().databases().get(database) + "-" + index;
    lanes.add(shard, lanesByName.computeIfAbsent(name, n -> newLane(n, database, shard)));
  }

  /** Starts reading the tails; commands of a shard wait until its lane's tail is read. */
  void start() {
    CommandMetrics.registerShards(environment.metrics(), lanes.cursors());
    for (var lane : lanes.all()) {
      var tails = new HashMap<Integer, @Nullable ShardRecord>();
      for (var shard : lanes.shardsOf(lane)) {
        tails.put(shard, restored.get(shard));
        for (var command : restoredParked.getOrDefault(shard, List.of())) {
          processor.unpark(command, shard, lane);
        }
        for (var commit : restoredRemote.getOrDefault(shard, List.of())) {
          lane.admitRemote(commit);
          lane.awaitRemote(commit);
        }
      }
      var fold =
          new TailFold(options, lane, lanes, aggregates, remote, environment.outputs(), metrics);
      lane.worker().submit(new LaneRequest.ReadTail(tails, writer, fold));
      lane.worker().start();
    }
    restored.clear();
    restoredParked.clear();
    restoredRemote.clear();
  }

  boolean hasRoom(String routingKey) {
    return processor.hasRoom(routingKey);
  }

  void process(CommandRecord record) {
    var shard = Shards.shardOf(record.routingKey(), options.shardCount());
    var lane = lanes.of(shard);
    processor.process(record, shard, lane);
    endOfTurn.of(lane);
  }

  boolean hasRoomForRemote(String routingKey) {
    return remote.hasRoom(routingKey);
  }

  void processRemote(CommandRecord record) {
    var lane = lanes.of(Shards.shardOf(record.routingKey(), options.shardCount()));
    remote.process(record, lane);
    endOfTurn.of(lane);
  }

  int pending() {
    return lanes.pending();
  }

  /** Estimate of what the states of the decoded aggregates take, encoded. */
  long cachedBytes() {
    return aggregates.bytes();
  }

  /** How large the commits of other regions are that wait for others. */
  long remoteBytesHeld() {
    return held.bytes();
  }

  /** Lanes whose database could not be reached when last tried. */
  int lanesDown() {
    return lanes.down();
  }

  /** Begins to wait for everything pending, at most for the drain timeout. */
  Drain beginDrain() {
    return new Drain();
  }

  /**
   * Does a part of what {@link #snapshot} has to, while the task waits for its appends.
   *
   * @return false: there was nothing to do
   */
  boolean prepareSnapshot() {
    return aggregates.writeBackIdle();
  }

  /**
   * Whether a start without a checkpoint would read again what the next snapshot holds undecided.
   * If not, the databases are being told, and a mail will come.
   */
  boolean parkedAreNoted() {
    var undecided = new HashSet<Integer>();
    for (var lane : lanes.all()) {
      if (lane.hasUnanswered()) {
        undecided.addAll(lanes.shardsOf(lane));
      }
    }
    var cursors = lanes.cursors();
    return notes.hasNoted(cursors.first(), cursors.last(), heldBy(undecided));
  }

  /** The shards whose commands a checkpoint may be the only one to hold. */
  private Set<Integer> heldBy(Set<Integer> undecided) {
    if (!options.mayHoldInFlight()) {
      return Set.copyOf(undecided);
    }
    return lanes.cursors().all().stream().map(ShardCursor::shard).collect(Collectors.toSet());
  }

  /** Writes the committed effects, the positions, and the commands that are still undecided. */
  void snapshot(long checkpointId) {
    aggregates.writeBack();
    var storeId = store.layout().storeId();
    var moved = new HashMap<Integer, Long>();
    for (var cursor : lanes.cursors().all()) {
      if (cursor.takeChanged()) {
        state.writeShard(cursor.shard(), cursor.toRecord(storeId));
        clocks.write(cursor);
        moved.put(cursor.shard(), cursor.nextOffset());
      }
    }
    var unanswered = byShard(Lane::unanswered);
    for (var shard : shardsWithParked) {
      if (!unanswered.containsKey(shard)) {
        state.writeParked(shard, List.of());
      }
    }
    unanswered.forEach(state::writeParked);
    shardsWithParked.clear();
    shardsWithParked.addAll(unanswered.keySet());
    writeParkedRemote();
    checkpoints.put(checkpointId, new Checkpoint(moved, heldBy(unanswered.keySet())));
    if (checkpoints.size() > MAX_OPEN_CHECKPOINTS) {
      var oldest = checkpoints.pollFirstEntry();
      checkpoints.firstEntry().getValue().takeOver(oldest.getValue());
    }
  }

  /** Tells the store what the checkpoint has made sure of: the rows below it are published. */
  void checkpointCompleted(long checkpointId) {
    var published = new HashMap<Integer, Long>();
    var completed = checkpoints.headMap(checkpointId, true);
    @Nullable Set<Integer> parked = null;
    for (var checkpoint : completed.values()) {
      published.putAll(checkpoint.nextOffsets);
      parked = checkpoint.parked;
    }
    completed.clear();
    if (parked != null) {
      notes.settle(new ParkedShards(lanes.cursors().first(), lanes.cursors().last(), parked));
    }
    for (var lane : lanes.all()) {
      for (var shard : lanes.shardsOf(lane)) {
        var next = published.get(shard);
        if (next != null) {
          lane.published(shard, next);
        }
      }
      lane.recordCheckpoint();
    }
    bookmarks.due();
  }

  @Override
  public void close() {
    drainTimer.close();
    notes.close();
    bookmarks.close();
    Worker.closeAll(lanes.all().stream().map(lane -> lane.worker().thread()).toList());
    losses.close();
    store.close();
  }

  private void writeParkedRemote() {
    var unanswered = byShard(Lane::unansweredRemote);
    for (var shard : shardsWithRemote) {
      if (!unanswered.containsKey(shard)) {
        state.writeParkedRemote(shard, List.of());
      }
    }
    unanswered.forEach(state::writeParkedRemote);
    shardsWithRemote.clear();
    shardsWithRemote.addAll(unanswered.keySet());
  }

  private Map<Integer, List<CommandRecord>> byShard(Function<Lane, List<CommandRecord>> records) {
    var byShard = new HashMap<Integer, List<CommandRecord>>();
    for (var lane : lanes.all()) {
      for (var record : records.apply(lane)) {
        var shard = Shards.shardOf(record.routingKey(), options.shardCount());
        byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(record);
      }
    }
    return byShard;
  }

  private Lane newLane(String name, int database, int shard) {
    var worker =
        new LaneWorker(name, store, database, endingTurns(shard), environment.threads(), losses);
    var batching = options.batching();
    var limits =
        new Lane.Limits(
            batching.maxRows(),
            batching.maxBytes(),
            batching.maxPending(),
            batching.maxPendingBytes());
    return new Lane(worker, limits, lanes.cursors());
  }

  /** The task's mailbox for the worker of a shard's lane: each of its mails is a turn. */
  private TaskMailbox endingTurns(int shard) {
    return (description, action) ->
        environment
            .mailbox()
            .post(
                description,
                () -> {
                  action.run();
                  endOfTurn.of(lanes.of(shard));
                });
  }

  /** What a subtask gives its shards. */
  record Environment(
      PublishedLog published,
      TaskMailbox mailbox,
      TaskThreads threads,
      Outputs outputs,
      CommandProcessor.WallClock clock,
      MetricGroup metrics) {}

  /**
   * One drain: done when nothing is pending in any lane whose database serves, or at the timeout.
   */
  final class Drain {

    private final long deadlineNanos;

    private Drain() {
      var timeout = options.drainTimeout();
      deadlineNanos = environment.threads().nanoTime() + timeout.toNanos();
      if (!isDone()) {
        // The waiting thread looks again when a mail comes: make sure that one does.
        drainTimer.wakeAt(deadlineNanos);
      }
    }

    boolean isDone() {
      var late = environment.threads().nanoTime() - deadlineNanos > 0;
      for (var lane : lanes.all()) {
        if (lane.isReady() && lane.pending() > 0 && !late && !isStuck(lane)) {
          return false;
        }
      }
      return true;
    }

    /** A database that an earlier drain has waited for in vain is not waited for again. */
    private boolean isStuck(Lane lane) {
      return lane.worker().isDown() && lane.worker().downNanos() > options.drainTimeout().toNanos();
    }
  }

  /** What a snapshot wrote, until it is known to be complete. */
  private static final class Checkpoint {
    private final Map<Integer, Long> nextOffsets;
    private final Set<Integer> parked;

    private Checkpoint(Map<Integer, Long> nextOffsets, Set<Integer> parked) {
      this.nextOffsets = nextOffsets;
      this.parked = parked;
    }

    private void takeOver(Checkpoint older) {
      older.nextOffsets.forEach(nextOffsets::putIfAbsent);
    }
  }
}
