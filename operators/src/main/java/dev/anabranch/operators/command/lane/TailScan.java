package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.operators.task.ReadAhead;
import dev.anabranch.operators.task.StoreContradictionException;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreLayoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what shards have beyond their checkpointed positions, after it has made sure that the store
 * is the one that the checkpoint was made with.
 *
 * <p><b>Bounds.</b> At most {@link #PAGES_AHEAD} pages are read and not yet folded; each holds up
 * to {@link ReadAhead#PAGE_BYTES} of blobs, or one row.
 *
 * <p><b>Threads.</b> The lane's thread; hands the rows to the task's thread.
 */
public final class TailScan {

  public static final int PAGES_AHEAD = 2;

  private final LaneConnection connection;
  private final TaskMailbox mailbox;
  private final LaneRequest.ReadTail request;
  private final LossCheck losses;
  private final ReadAhead ahead;

  public TailScan(
      LaneConnection connection,
      TaskMailbox mailbox,
      LaneRequest.ReadTail request,
      LossCheck losses,
      ReadAhead ahead) {
    this.connection = connection;
    this.mailbox = mailbox;
    this.request = request;
    this.losses = losses;
    this.ahead = ahead;
  }

  public void run() throws InterruptedException {
    var shards = List.copyOf(request.shards().keySet());
    checkCheckpointedRows();
    losses.check(connection, shards);
    var published = connection.call(session -> session.published(shards));
    var heads = connection.call(session -> session.heads(shards));
    for (var shard : shards) {
      var head = heads.get(shard);
      if (head != null) {
        readShard(shard, head, published.getOrDefault(shard, 0L));
        connection.knowHead(shard, head);
      }
    }
    // Last of all. Another attempt that is alive answers while it has the right to, behind a row of
    // its own: what it answered before this is among the marks, and its row is read, or clashes. If
    // it took the right back before the heads were read, this one would never hear of its answers.
    var answered = connection.call(session -> session.takeAnswers(request.writer(), shards));
    mailbox.post("answers taken over", () -> request.reader().answered(answered));
    mailbox.post("tail complete", request.reader()::complete);
  }

  private void readShard(int shard, ShardHead head, long published) throws InterruptedException {
    var record = request.shards().get(shard);
    var next = record == null ? 0 : record.nextOffset();
    var publishFrom = record == null ? published : next;
    while (next <= head.offset()) {
      var from = next;
      ahead.acquire();
      var rows =
          connection.call(
              session -> session.read(shard, from, ReadAhead.PAGE_ROWS, ReadAhead.PAGE_BYTES));
      checkContiguous(shard, from, rows);
      next += rows.size();
      mailbox.post(
          "tail rows",
          () -> {
            ahead.release();
            request.reader().rows(shard, rows, publishFrom);
          });
    }
  }

  private static void checkContiguous(int shard, long from, List<LogRow> rows) {
    if (rows.isEmpty()) {
      throw new StoreContradictionException("shard " + shard + " lacks the row at offset " + from);
    }
    var expected = from;
    for (var row : rows) {
      if (row.offset() != expected) {
        throw new StoreContradictionException(
            "shard " + shard + " has offset " + row.offset() + " where " + expected + " belongs");
      }
      if (row.outcome().kind() == RowKind.MOVED) {
        throw new StoreLayoutException(
            "shard "
                + shard
                + " has moved to another database at offset "
                + expected
                + "; configure its new home");
      }
      expected++;
    }
  }

  private void checkCheckpointedRows() throws InterruptedException {
    var storeId = connection.store().layout().storeId();
    var positions = new ArrayList<LogPosition>();
    request
        .shards()
        .forEach(
            (shard, record) -> {
              if (record != null) {
                checkStore(storeId, record);
                if (record.nextOffset() > 0) {
                  positions.add(new LogPosition(shard, record.nextOffset() - 1));
                }
              }
            });
    if (positions.isEmpty()) {
      return;
    }
    var expected = new HashMap<Integer, ShardHead>();
    for (var position : positions) {
      expected.put(position.shard(), expectedHead(request.shards(), position));
    }
    losses.checkCheckpointed(connection, expected);
  }

  private static ShardHead expectedHead(
      Map<Integer, ? extends @Nullable ShardRecord> shards, LogPosition position) {
    var record = shards.get(position.shard());
    if (record == null) {
      throw new IllegalStateException("no record of shard " + position.shard());
    }
    return new ShardHead(position.offset(), record.lastWriter(), record.lastHlc());
  }

  private static void checkStore(String storeId, ShardRecord record) {
    if (!record.storeId().equals(storeId)) {
      throw new StoreContradictionException(
          "the checkpoint was made with the store "
              + record.storeId()
              + ", the configured one is "
              + storeId
              + "; configure the original databases, or start without a checkpoint");
    }
  }
}
