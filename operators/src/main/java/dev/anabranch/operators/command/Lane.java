package dev.anabranch.operators.command;

import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Group commit over one connection: the outcomes that are forming the next insert, and the insert
 * in flight. A shard belongs to one lane, so it is never in two unfinished inserts.
 *
 * <p>An insert is sent when the connection is idle; what is decided meanwhile forms the next one.
 * So its size adapts to the load, and an idle lane commits at once.
 *
 * <p><b>Bounds.</b> {@link #pending} counts every command taken in and not yet answered; the
 * operator takes no more beyond {@link Batching#maxPending} and {@link Batching#maxPendingBytes}.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class Lane {

  private final LaneWorker worker;
  private final Batching limits;
  private final ShardCursors cursors;

  /** Commands whose shard's tail is not read yet, in order; counted, not decided. */
  private final LinkedHashMap<Asker, CommandRecord> waiting = new LinkedHashMap<>();

  private final ArrayDeque<PendingCommand> forming = new ArrayDeque<>();
  private List<PendingCommand> inFlight = List.of();
  private final LinkedHashMap<Asker, Lookup> lookups = new LinkedHashMap<>();

  /** Commits of other regions that came before the tail was read; counted. */
  private final ArrayDeque<CommandRecord> waitingRemote = new ArrayDeque<>();

  private int pending;
  private int pendingRemote;
  private long pendingBytes;
  private boolean ready;

  /** What completed checkpoints made sure of and the store has not been told; by shard. */
  private final Map<Integer, Long> publishedNext = new HashMap<>();

  /** What the store is to be told next; null: nothing. */
  private @Nullable ParkedShards recordDue;

  private boolean recording;

  Lane(LaneWorker worker, Batching limits, ShardCursors cursors) {
    this.worker = worker;
    this.limits = limits;
    this.cursors = cursors;
  }

  LaneWorker worker() {
    return worker;
  }

  /** Whether the lane has read its shards' tails, and so may decide. */
  boolean isReady() {
    return ready;
  }

  void becomeReady() {
    ready = true;
  }

  /** Commands taken in and not yet answered. */
  int pending() {
    return pending;
  }

  boolean hasRoom() {
    return pending < limits.maxPending() && pendingBytes < limits.maxPendingBytes();
  }

  /** Counts a command in; {@link #answered} counts it out. */
  void admit(CommandRecord record) {
    pending++;
    pendingBytes += record.message().footprint();
  }

  void answered(CommandRecord record) {
    pending--;
    pendingBytes -= record.message().footprint();
  }

  /** Commits of other regions may take half of the lane. */
  boolean hasRoomForRemote() {
    return hasRoom() && pendingRemote < Math.max(1, limits.maxPending() / 2);
  }

  void admitRemote(CommandRecord record) {
    pendingRemote++;
    admit(record);
  }

  /** The commit is durable, held, or known already. */
  void answeredRemote(CommandRecord record) {
    pendingRemote--;
    answered(record);
  }

  void awaitRemote(CommandRecord record) {
    waitingRemote.add(record);
  }

  @Nullable CommandRecord pollWaitingRemote() {
    return waitingRemote.poll();
  }

  /** Takes a command that can't be decided yet; false: the same asker waits for it already. */
  boolean await(Asker asker, CommandRecord record) {
    return waiting.putIfAbsent(asker, record) == null;
  }

  @Nullable CommandRecord pollWaiting() {
    var all = waiting.values().iterator();
    if (!all.hasNext()) {
      return null;
    }
    var first = all.next();
    all.remove();
    return first;
  }

  void join(PendingCommand command) {
    forming.add(command);
  }

  /** Notes a lookup; false: the same asker's is under way already. */
  boolean begin(Lookup lookup) {
    return lookups.putIfAbsent(lookup.asker, lookup) == null;
  }

  void end(Lookup lookup) {
    lookups.remove(lookup.asker);
  }

  /** Cuts the next insert and assigns its offsets; null if one is in flight or none is due. */
  @Nullable List<LogRow> nextInsert() {
    if (!ready || !inFlight.isEmpty() || forming.isEmpty()) {
      return null;
    }
    var size = Math.min(forming.size(), limits.maxRows());
    var commands = new ArrayList<PendingCommand>(size);
    var rows = new ArrayList<LogRow>(size);
    var bytes = 0L;
    while (commands.size() < size) {
      var next = forming.element();
      bytes += next.bytes;
      if (bytes > limits.maxBytes() && !commands.isEmpty()) {
        break;
      }
      forming.remove();
      commands.add(next);
      rows.add(next.outcome.at(next.shard, cursors.assign(next.shard)));
    }
    inFlight = commands;
    return rows;
  }

  /** The commands of the insert in flight, in row order; the lane is idle afterwards. */
  List<PendingCommand> takeInFlight() {
    var commands = inFlight;
    inFlight = List.of();
    return commands;
  }

  /** Puts commands whose insert was refused back in front, in order; their offsets are void. */
  void formAgain(List<PendingCommand> commands) {
    for (var i = commands.size() - 1; i >= 0; i--) {
      forming.addFirst(commands.get(i));
    }
  }

  void dropForming(PendingCommand command) {
    forming.remove(command);
  }

  void published(int shard, long nextOffset) {
    publishedNext.put(shard, nextOffset);
  }

  /** Tells the store of a completed checkpoint, after the last telling if that is under way. */
  void recordCheckpoint(ParkedShards parked) {
    recordDue = parked;
    recordIfDue();
  }

  private void recordIfDue() {
    var parked = recordDue;
    if (ready && parked != null && !recording) {
      recording = true;
      recordDue = null;
      var next = Map.copyOf(publishedNext);
      publishedNext.clear();
      worker.submit(new LaneRequest.Checkpointed(next, parked, this::recorded));
    }
  }

  private void recorded() {
    recording = false;
    recordIfDue();
  }

  /**
   * Every command that was taken in and is not answered, in the order in which it must run again.
   */
  List<CommandRecord> unanswered() {
    var records = new ArrayList<CommandRecord>(pending);
    for (var lookup : lookups.values()) {
      records.add(lookup.record());
    }
    for (var commands : List.of(inFlight, forming)) {
      for (var command : commands) {
        if (!command.isRemote()) {
          records.add(command.record);
        }
        for (var repeat : command.repeats()) {
          records.add(repeat.record());
        }
      }
    }
    records.addAll(waiting.values());
    return records;
  }

  /** The same of other regions' commits. */
  List<CommandRecord> unansweredRemote() {
    var records = new ArrayList<CommandRecord>(pendingRemote);
    for (var rows : List.of(inFlight, forming)) {
      for (var row : rows) {
        if (row.isRemote()) {
          records.add(row.record);
        }
      }
    }
    records.addAll(waitingRemote);
    return records;
  }

  /** A question to the store about one command's earlier outcome, under way. */
  static final class Lookup {
    private final CommandRecord record;
    private final Asker asker;

    Lookup(CommandRecord record, Asker asker) {
      this.record = record;
      this.asker = asker;
    }

    CommandRecord record() {
      return record;
    }
  }
}
