package dev.anabranch.connectors.mysql.schema;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The store id that all databases of a region must have, as the first one tells it. */
public final class CommonStoreId {

  private @Nullable RegionMeta first;
  private String firstWhere = "";

  /**
   * @throws dev.anabranch.store.StoreLayoutException if another database told another id
   */
  public void require(String where, RegionMeta meta) {
    if (first == null) {
      first = meta;
      firstWhere = where;
    } else {
      LayoutCheck.requireSameStore(where, meta, firstWhere, first.storeId());
    }
  }

  /** The id that the databases share; empty if none has told any. */
  public Optional<String> get() {
    return Optional.ofNullable(first).map(RegionMeta::storeId);
  }
}
