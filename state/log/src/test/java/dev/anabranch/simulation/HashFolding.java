package dev.anabranch.simulation;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionNode;
import java.util.List;

/**
 * States that are hashes of how they came about: any other parent, order, resolver or base gives
 * another one. A commit's events are its dot.
 */
final class HashFolding implements VersionFolding<Long> {

  @Override
  public Long initial() {
    return 1L;
  }

  @Override
  public Long evolve(Long before, VersionNode node) {
    return mix(mix(before, node.dot().hashCode()), 7);
  }

  @Override
  public Long resolve(String resolverId, List<LiveVersion<Long>> versions, Long base) {
    var hash = mix(base, resolverId.hashCode());
    for (var version : versions) {
      hash = mix(mix(mix(hash, version.dot().hashCode()), version.hlc()), version.state());
    }
    return hash;
  }

  private static long mix(long hash, long more) {
    var mixed = (hash * 0x9E3779B97F4A7C15L) ^ (more + 0x7F4A7C15L);
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    return mixed ^ (mixed >>> 29);
  }
}
