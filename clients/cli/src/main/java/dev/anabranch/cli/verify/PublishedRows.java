package dev.anabranch.cli.verify;

import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.model.LogRow;
import java.util.function.Consumer;

/** The events topic as its readers see it, each shard's rows in order: {@link EventTopicReader}. */
@FunctionalInterface
public interface PublishedRows {

  /**
   * Reads from the first row of each shard to the end that the topic has now.
   *
   * @param repeated gets each record whose row came before
   */
  EventTopicReader.Result read(Consumer<? super LogRow> apply, Consumer<? super LogRow> repeated);
}
