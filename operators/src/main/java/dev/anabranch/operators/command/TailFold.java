package dev.anabranch.operators.command;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.command.aggregate.AggregateCache;
import dev.anabranch.operators.command.lane.FenceRow;
import dev.anabranch.operators.command.lane.Lane;
import dev.anabranch.operators.command.lane.LaneRequest;
import dev.anabranch.operators.command.lane.Lanes;
import java.util.List;
import java.util.Map;

/**
 * Applies the rows that a shard has beyond its checkpointed position: folds the stored bytes, marks
 * the command ids as handled, and publishes again. Replies are given again when the commands
 * themselves are replayed.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class TailFold implements LaneRequest.TailReader {

  private final CommandOperatorOptions options;
  private final Lane lane;
  private final Lanes lanes;
  private final AggregateCache aggregates;
  private final RemoteCommits remote;
  private final Outputs outputs;
  private final CommandCounts counts;

  TailFold(
      CommandOperatorOptions options,
      Lane lane,
      Lanes lanes,
      AggregateCache aggregates,
      RemoteCommits remote,
      Outputs outputs,
      CommandCounts counts) {
    this.options = options;
    this.lane = lane;
    this.lanes = lanes;
    this.aggregates = aggregates;
    this.remote = remote;
    this.outputs = outputs;
    this.counts = counts;
  }

  @Override
  public void answered(Map<Integer, byte[]> marks) {
    marks.forEach((shard, bytes) -> lanes.cursors().get(shard).answered().restore(bytes));
  }

  @Override
  public void rows(int shard, List<LogRow> rows, long publishFrom) {
    for (var row : rows) {
      fold(row);
      lanes.cursors().advance(row);
      if (row.offset() >= publishFrom) {
        outputs.publish(row);
      }
    }
    aggregates.bound();
    counts.tailRows(rows.size());
  }

  @Override
  public void complete() {
    lane.becomeReady();
    remote.tailComplete(lane);
  }

  private void fold(LogRow row) {
    if (FenceRow.isOne(row.outcome())) {
      return;
    }
    var key = row.outcome().aggregate();
    var live = aggregates.get(key, key.toString());
    live.replay(row, () -> aggregates.gateOf(live), options.commandWindow());
  }
}
