package dev.anabranch.operators.history;

import dev.anabranch.causality.Dot;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.versions.VersionSnapshots;
import org.jspecify.annotations.Nullable;

/**
 * States of versions in keyed state, encoded by the type's codec, named by dot.
 *
 * <p><b>Failure.</b> A state is encoded as it comes: one that can't be is its commit's problem, and
 * no checkpoint's.
 *
 * <p><b>Threads.</b> The task's thread only.
 *
 * @param <S> state
 */
public final class StatesInState<S> implements VersionSnapshots<S> {

  private final CachedMap<Dot, Snapshot<S>> states;
  private final StateForm<S> form;
  private final boolean isLayer;

  public StatesInState(CachedMap<Dot, Snapshot<S>> states, StateForm<S> form) {
    this(states, form, false);
  }

  private StatesInState(CachedMap<Dot, Snapshot<S>> states, StateForm<S> form, boolean isLayer) {
    this.states = states;
    this.form = form;
    this.isLayer = isLayer;
  }

  /** States over these, which it leaves alone. It is never written, so nothing is encoded. */
  public StatesInState<S> layer() {
    return new StatesInState<>(states.layer(), form, true);
  }

  @Override
  public @Nullable S get(Dot version) {
    var snapshot = states.get(version);
    return snapshot == null ? null : snapshot.state(form);
  }

  /**
   * @throws RuntimeException what the form throws; nothing is changed then
   */
  @Override
  public void put(Dot version, S state) {
    states.put(version, isLayer ? Snapshot.onHeap(state) : Snapshot.of(state, form.encode(state)));
  }

  @Override
  public void remove(Dot version) {
    states.remove(version);
  }
}
