package dev.anabranch.connectors.mysql.query;

import dev.anabranch.store.StoreLayout;
import java.io.Serializable;

/** The region whose log the tables of a query database follow. */
public record QueryOwner(String region, String storeId, int shardCount) implements Serializable {

  public static QueryOwner of(StoreLayout layout) {
    return new QueryOwner(layout.region().value(), layout.storeId(), layout.shardCount());
  }
}
