package dev.anabranch.jobs;

import dev.anabranch.model.LogRow;
import org.apache.flink.api.java.functions.KeySelector;

/** Routes a row to the subtask that has its shard. */
final class AggregateOfRow implements KeySelector<LogRow, String> {
  private static final long serialVersionUID = 1L;

  @Override
  public String getKey(LogRow row) {
    return row.outcome().aggregate().toString();
  }
}
