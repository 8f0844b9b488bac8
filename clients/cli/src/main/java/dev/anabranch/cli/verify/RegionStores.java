package dev.anabranch.cli.verify;

import dev.anabranch.model.AggregateView;
import dev.anabranch.model.ConflictRecord;
import dev.anabranch.store.EventStore;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What is compared of one region.
 *
 * @param views gives every view to the consumer, those of an aggregate in their order
 * @param openConflicts what the region shows as open
 */
public record RegionStores(
    String region, EventStore store, Views views, Supplier<List<ConflictRecord>> openConflicts) {

  /** A region's views. */
  public interface Views {
    void read(Consumer<? super AggregateView> apply);
  }
}
