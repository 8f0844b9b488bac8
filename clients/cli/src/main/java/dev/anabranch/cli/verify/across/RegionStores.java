package dev.anabranch.cli.verify.across;

import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.store.EventStore;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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

  /** Why these can't be compared: one of them is there twice, under one name or two. */
  public static Optional<String> namedTwice(List<RegionStores> regions) {
    var names = new HashSet<String>();
    var stores = new HashSet<String>();
    for (var each : regions) {
      if (!names.add(each.region())) {
        return Optional.of(
            "region "
                + each.region()
                + " is given twice: a region is compared with others, give the configuration of"
                + " each once");
      }
      if (!stores.add(each.store().layout().storeId())) {
        return Optional.of(
            "the store of region "
                + each.region()
                + " is that of another one of them: correct store.database in its configuration");
      }
    }
    return Optional.empty();
  }
}
