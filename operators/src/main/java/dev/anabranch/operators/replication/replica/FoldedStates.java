package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.history.StatesInState;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The states of the current aggregate's versions, and the events that they are made of. What is
 * broken is kept for one record only: the next release may fold it.
 */
final class FoldedStates implements VersionSnapshots<FoldedState>, VersionFolding<FoldedState> {

  private final LiveReplica live;
  private final TypeFold type;
  private final StatesInState<FoldedState> states;
  private final Map<Dot, FoldedState> broken = new HashMap<>();

  FoldedStates(LiveReplica live, TypeFold type) {
    this.live = live;
    this.type = type;
    this.states = new StatesInState<>(live.states(), new FoldedForm(type));
  }

  @Override
  public @Nullable FoldedState get(Dot version) {
    var known = broken.get(version);
    return known == null ? states.get(version) : known;
  }

  @Override
  public void put(Dot version, FoldedState folded) {
    if (folded.isBroken()) {
      broken.put(version, folded);
      return;
    }
    try {
      states.put(version, folded);
      broken.remove(version);
    } catch (Throwable e) {
      broken.put(
          version,
          FoldedState.broken(
              "the state of version "
                  + version
                  + " can't be written: "
                  + ApplicationCode.problem(e)));
    }
  }

  @Override
  public void remove(Dot version) {
    broken.remove(version);
    states.remove(version);
  }

  @Override
  public FoldedState initial() {
    return type.initial();
  }

  @Override
  public FoldedState evolve(FoldedState before, VersionNode node) {
    if (node.kind() == RowKind.HOME_MOVE) {
      return before;
    }
    var events = live.events().get(node.dot());
    return events == null
        ? FoldedState.broken(
            "the events of commit " + node.dot() + " are missing from the job's state")
        : type.fold(before, EventContext.of(node.dot(), node.context(), node.hlc()), events);
  }

  @Override
  public FoldedState resolve(
      String resolverId, List<LiveVersion<FoldedState>> versions, FoldedState base) {
    return type.resolve(resolverId, versions, base);
  }

  @Override
  public @Nullable String resolverFor(String resolverId) {
    return type.resolverFor(resolverId);
  }
}
