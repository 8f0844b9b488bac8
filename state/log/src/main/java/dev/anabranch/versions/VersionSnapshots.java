package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import org.jspecify.annotations.Nullable;

/**
 * Port: stored states of versions, one small entry each.
 *
 * <p><b>Recovery.</b> Checkpointed together with the {@link GraphEntries}. The state of an entry
 * that compaction fixed is the only copy of its past; others can be derived again.
 *
 * @param <S> state
 */
public interface VersionSnapshots<S> {

  @Nullable S get(Dot version);

  void put(Dot version, S state);

  void remove(Dot version);
}
