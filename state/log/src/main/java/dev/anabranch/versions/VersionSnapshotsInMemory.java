package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** States on the heap, for tools that read a whole log, and for tests. */
public final class VersionSnapshotsInMemory<S> implements VersionSnapshots<S> {

  private final Map<Dot, S> states = new HashMap<>();

  @Override
  public @Nullable S get(Dot version) {
    return states.get(version);
  }

  @Override
  public void put(Dot version, S state) {
    states.put(version, state);
  }

  @Override
  public void remove(Dot version) {
    states.remove(version);
  }

  /** How many states are stored. */
  public int size() {
    return states.size();
  }
}
