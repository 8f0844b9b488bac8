package dev.anabranch.operators.replication;

import static dev.anabranch.operators.replication.ReplicaState.access;
import static dev.anabranch.operators.replication.ReplicaState.run;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.model.RowKind;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The states of the current aggregate's versions, and the events that they are made of, in keyed
 * state. What is broken is kept for one record only: the next release may fold it.
 */
final class StoredStates implements VersionSnapshots<Folded>, VersionFolding<Folded> {

  private final ReplicaState state;
  private final TypeMerge<?> type;
  private final Map<Dot, Folded> seen = new HashMap<>();

  StoredStates(ReplicaState state, TypeMerge<?> type) {
    this.state = state;
    this.type = type;
  }

  @Override
  public @Nullable Folded get(Dot version) {
    var known = seen.get(version);
    if (known != null) {
      return known;
    }
    var blob = access(() -> state.states.get(version.toString()));
    if (blob == null) {
      return null;
    }
    var decoded = type.decodeBlob(blob);
    seen.put(version, decoded);
    return decoded;
  }

  @Override
  public void put(Dot version, Folded folded) {
    seen.put(version, folded);
    if (folded.isBroken()) {
      return;
    }
    byte[] blob;
    try {
      blob = type.encodeBlob(folded);
    } catch (RuntimeException | StackOverflowError e) {
      seen.put(
          version, Folded.broken("the state of version " + version + " can't be written: " + e));
      return;
    }
    run(() -> state.states.put(version.toString(), blob));
  }

  @Override
  public void remove(Dot version) {
    seen.remove(version);
    run(() -> state.states.remove(version.toString()));
  }

  @Override
  public Folded initial() {
    return type.initial();
  }

  @Override
  public Folded evolve(Folded before, VersionNode node) {
    if (node.kind() == RowKind.HOME_MOVE) {
      return before;
    }
    var events = access(() -> state.events.get(node.dot().toString()));
    return events == null
        ? Folded.broken("the events of commit " + node.dot() + " are missing from the job's state")
        : type.fold(before, EventContext.of(node.dot(), node.context(), node.hlc()), events);
  }

  @Override
  public Folded resolve(String resolverId, List<LiveVersion<Folded>> versions, Folded base) {
    return type.resolve(resolverId, versions, base);
  }
}
