package dev.anabranch.operators.command.decide;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.HomePolicy;
import dev.anabranch.api.ReplicationPolicy.SingleHome;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.operators.task.RegionMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where commands for aggregates with a single home are accepted. */
final class Homes {

  private final RegionId local;
  private final HomePolicy policy;
  private final boolean alwaysLocal;

  Homes(RegionId local, RegionMap regions) {
    this.local = local;
    var prefixes = new TreeMap<String, RegionId>();
    regions.homeByIdPrefix().forEach((prefix, name) -> prefixes.put(prefix, new RegionId(name)));
    var otherwise = new RegionId(regions.home());
    this.policy = HomePolicy.byIdPrefix(prefixes, otherwise);
    this.alwaysLocal = prefixes.isEmpty() && otherwise.equals(local);
  }

  /** The region to which commands for this aggregate must go; null: they are accepted here. */
  @Nullable RegionId homeElsewhere(AggregateType<?, ?, ?> type, AggregateKey key) {
    if (alwaysLocal || !(type.replication() instanceof SingleHome)) {
      return null;
    }
    var home = policy.home(key.type(), key.id());
    return home.equals(local) ? null : home;
  }
}
