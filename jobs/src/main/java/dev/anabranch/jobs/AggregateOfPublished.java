package dev.anabranch.jobs;

import dev.anabranch.model.stored.PublishedRow;
import org.apache.flink.api.java.functions.KeySelector;

/** Routes a region's row to the subtask that has its aggregate. */
final class AggregateOfPublished implements KeySelector<PublishedRow, String> {
  private static final long serialVersionUID = 1L;

  @Override
  public String getKey(PublishedRow published) {
    return published.row().outcome().aggregate().toString();
  }
}
