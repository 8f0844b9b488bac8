package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.versions.VersionSnapshots;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** States of versions that are not committed yet, over those that are. */
final class LayeredStates implements VersionSnapshots<Object> {

  private final VersionSnapshots<Object> below;
  private final Map<Dot, Object> own = new HashMap<>();
  private final Set<Dot> removed = new HashSet<>();

  LayeredStates(VersionSnapshots<Object> below) {
    this.below = below;
  }

  @Override
  public @Nullable Object get(Dot version) {
    if (removed.contains(version)) {
      return null;
    }
    var state = own.get(version);
    return state == null ? below.get(version) : state;
  }

  @Override
  public void put(Dot version, Object state) {
    removed.remove(version);
    own.put(version, state);
  }

  @Override
  public void remove(Dot version) {
    own.remove(version);
    removed.add(version);
  }
}
