package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.aggregate.PendingOutcome;
import dev.anabranch.operators.command.waiting.Lookup;
import dev.anabranch.operators.command.waiting.Requester;
import dev.anabranch.operators.command.waiting.Taken;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Group commit over one connection: the outcomes that are forming the next insert, and the insert
 * in flight. A shard belongs to one lane, so it is never in two unfinished inserts.
 *
 * <p>An insert is sent when the connection is idle; what is decided meanwhile forms the next one.
 * So its size adapts to the load, and an idle lane commits at once.
 *
 * <p><b>Bounds.</b> {@link #pending} counts every command taken in and not yet answered; the
 * operator takes no more beyond {@link Limits#maxPending} and {@link Limits#maxPendingBytes}. The
 * bytes are those of the commands, and of the outcomes that are decided and not yet durable; with
 * the state that each of these makes, as large as its aggregate's was.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class Lane {

  private final LaneWorker worker;
  private final Limits limits;
  private final ShardCursors cursors;

  /** Commands whose shard's tail is not read yet, in order; counted, not decided. */
  private final LinkedHashMap<Requester, Taken> waiting = new LinkedHashMap<>();

  private final ArrayDeque<PendingOutcome> forming = new ArrayDeque<>();
  private List<PendingOutcome> inFlight = List.of();
  private final LinkedHashMap<Requester, Lookup> lookups = new LinkedHashMap<>();

  /** Answers without a row that are on their way. */
  private final Set<Unsettled> unsettled = new LinkedHashSet<>();

  /** Commits of other regions that came before the tail was read; counted. */
  private final ArrayDeque<CommandRecord> waitingRemote = new ArrayDeque<>();

  private int pending;
  private int pendingRemote;
  private long pendingRemoteBytes;
  private long pendingBytes;
  private long decidedBytes;
  private long decidedRemoteBytes;
  private long taken;
  private boolean ready;

  /** What completed checkpoints made sure of and the store has not been told; by shard. */
  private final Map<Integer, Long> publishedNext = new HashMap<>();

  private boolean recording;

  public Lane(LaneWorker worker, Limits limits, ShardCursors cursors) {
    this.worker = worker;
    this.limits = limits;
    this.cursors = cursors;
  }

  public LaneWorker worker() {
    return worker;
  }

  /** Whether the lane has read its shards' tails, and so may decide. */
  public boolean isReady() {
    return ready;
  }

  public void becomeReady() {
    ready = true;
  }

  /** Decides and appends nothing more: the task is about to fail. */
  public void stop() {
    ready = false;
  }

  /** Commands taken in and not yet answered. */
  public int pending() {
    return pending;
  }

  public boolean hasRoom() {
    return pending < limits.maxPending() && hasRoomInBytes();
  }

  private boolean hasRoomInBytes() {
    return pendingBytes + decidedBytes < limits.maxPendingBytes();
  }

  /**
   * Counts a command in; {@link #answered} counts it out.
   *
   * @return its place among all that this lane takes in
   */
  public long admit(CommandRecord record) {
    pending++;
    pendingBytes += record.message().footprint();
    return ++taken;
  }

  public void answered(CommandRecord record) {
    pending--;
    pendingBytes -= record.message().footprint();
  }

  /** Commits of other regions may take half of the lane, by number and by bytes. */
  public boolean hasRoomForRemote() {
    return hasRoom()
        && pendingRemote < Math.max(1, limits.maxPending() / 2)
        && pendingRemoteBytes + decidedRemoteBytes < limits.maxPendingBytes() / 2;
  }

  public void admitRemote(CommandRecord record) {
    pendingRemote++;
    pendingRemoteBytes += record.message().footprint();
    admit(record);
  }

  /** The commit is durable, held, or known already. */
  public void answeredRemote(CommandRecord record) {
    pendingRemote--;
    pendingRemoteBytes -= record.message().footprint();
    answered(record);
  }

  public void awaitRemote(CommandRecord record) {
    waitingRemote.add(record);
  }

  @Nullable
  public CommandRecord pollWaitingRemote() {
    return waitingRemote.poll();
  }

  public boolean hasWaitingRemote() {
    return !waitingRemote.isEmpty();
  }

  /** Takes a command that can't be decided yet; false: the same requester waits for it already. */
  public boolean await(Requester requester, Taken command) {
    return waiting.putIfAbsent(requester, command) == null;
  }

  /** Whether commands wait that must be decided before any that comes now. */
  public boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * The next command that waits; null: none does, or what is decided already has to leave first.
   */
  @Nullable
  public Taken pollWaiting() {
    if (!mayDecide()) {
      return null;
    }
    var all = waiting.values().iterator();
    if (!all.hasNext()) {
      return null;
    }
    var first = all.next();
    all.remove();
    return first;
  }

  /** Whether more of what waits may be decided; no: what is decided already has to leave first. */
  public boolean mayDecide() {
    return ready && (decidedBytes < limits.maxPendingBytes() || isIdle());
  }

  private boolean isIdle() {
    return forming.isEmpty() && inFlight.isEmpty();
  }

  public void join(PendingOutcome command) {
    forming.add(command);
    decided(command, command.heldBytes());
  }

  /** A pending command has another outcome now. */
  public void decidedAgain(PendingOutcome command, long bytesBefore) {
    decided(command, command.heldBytes() - bytesBefore);
  }

  /** What joined is durable, or has left for another reason. */
  public void left(PendingOutcome command) {
    decided(command, -command.heldBytes());
  }

  private void decided(PendingOutcome command, long bytes) {
    decidedBytes += bytes;
    if (command.isRemote()) {
      decidedRemoteBytes += bytes;
    }
  }

  public void settling(Unsettled answer) {
    unsettled.add(answer);
  }

  public void settled(Unsettled answer) {
    unsettled.remove(answer);
  }

  public Set<Unsettled> unsettled() {
    return unsettled;
  }

  /** Notes a lookup; false: the same requester's is under way already. */
  public boolean begin(Lookup lookup) {
    return lookups.putIfAbsent(lookup.requester(), lookup) == null;
  }

  public void end(Lookup lookup) {
    lookups.remove(lookup.requester());
  }

  /** The next answer that has no row in front of it any more: its state is real. Null: none is. */
  @Nullable
  public PendingOutcome pollReleased() {
    if (!ready || !inFlight.isEmpty() || forming.isEmpty() || forming.element().hasRow()) {
      return null;
    }
    return forming.remove();
  }

  /**
   * Cuts the next insert and assigns its offsets; null if one is in flight or none is due. An
   * answer without a row goes with the rows in front of it and behind it.
   */
  @Nullable
  public List<LogRow> nextInsert() {
    if (!ready || !inFlight.isEmpty() || forming.isEmpty()) {
      return null;
    }
    var size = Math.min(forming.size(), limits.maxRows());
    var commands = new ArrayList<PendingOutcome>(size);
    var rows = new ArrayList<LogRow>(size);
    var bytes = 0L;
    while (commands.size() < size) {
      var next = forming.element();
      bytes += next.bytes();
      if (bytes > limits.maxBytes() && !commands.isEmpty()) {
        break;
      }
      forming.remove();
      commands.add(next);
      if (next.hasRow()) {
        rows.add(next.outcome().at(next.shard, cursors.assign(next.shard)));
      }
    }
    if (rows.isEmpty()) {
      formAgain(commands);
      return null;
    }
    inFlight = commands;
    return rows;
  }

  /** The commands of the insert in flight, in row order; the lane is idle afterwards. */
  public List<PendingOutcome> takeInFlight() {
    var commands = inFlight;
    inFlight = List.of();
    return commands;
  }

  /** Puts commands whose insert was refused back in front, in order; their offsets are void. */
  public void formAgain(List<PendingOutcome> commands) {
    for (var i = commands.size() - 1; i >= 0; i--) {
      forming.addFirst(commands.get(i));
    }
  }

  public void published(int shard, long nextOffset) {
    publishedNext.put(shard, nextOffset);
  }

  /** Tells the store of a completed checkpoint, after the last telling if that is under way. */
  public void recordCheckpoint() {
    if (ready && !publishedNext.isEmpty() && !recording) {
      recording = true;
      var next = Map.copyOf(publishedNext);
      publishedNext.clear();
      worker.submit(new LaneRequest.Checkpointed(next, this::recorded));
    }
  }

  private void recorded() {
    recording = false;
    recordCheckpoint();
  }

  public boolean hasUnanswered() {
    return pending > pendingRemote;
  }

  /**
   * Every command that was taken in and is not answered, in the order in which it must run again.
   */
  public List<CommandRecord> unanswered() {
    var all = new ArrayList<Taken>(pending);
    addUndecided(all);
    for (var answer : unsettled) {
      answer.addTo(all);
    }
    all.sort(Comparator.comparingLong(Taken::number));
    return all.stream().map(Taken::record).toList();
  }

  /** Those among them that have no answer yet, not even one that is on its way; in no order. */
  private void addUndecided(List<Taken> all) {
    for (var lookup : lookups.values()) {
      all.add(Taken.of(lookup.in()));
    }
    for (var commands : List.<Collection<PendingOutcome>>of(inFlight, forming)) {
      for (var command : commands) {
        command.requesters.all().forEach(in -> all.add(Taken.of(in)));
      }
    }
    all.addAll(waiting.values());
  }

  /** Tells the marks of these shards which of their records have no answer yet. */
  public void scanUndecided(Set<Integer> shards) {
    var all = new ArrayList<Taken>(pending);
    addUndecided(all);
    for (var command : all) {
      var shard = Shards.shardOf(command.record().routingKey(), cursors.shardCount());
      if (shards.contains(shard)) {
        cursors.get(shard).answered().unanswered(command.record().source());
      }
    }
  }

  /** Commits of other regions that have no outcome yet, as the next checkpoint keeps them. */
  public List<CommandRecord> unansweredRemote() {
    var records = new ArrayList<CommandRecord>(pendingRemote);
    for (var rows : List.of(inFlight, forming)) {
      for (var row : rows) {
        var commit = row.remote;
        if (commit != null) {
          records.add(commit);
        }
      }
    }
    records.addAll(waitingRemote);
    return records;
  }

  /**
   * What a lane may hold.
   *
   * @param maxRows rows of one insert
   * @param maxBytes bytes of one insert's rows, as Kafka records
   * @param maxPending commands that it has taken in and not answered
   * @param maxPendingBytes bytes of those commands; one more than fits is taken in
   */
  public record Limits(int maxRows, int maxBytes, int maxPending, long maxPendingBytes) {}
}
