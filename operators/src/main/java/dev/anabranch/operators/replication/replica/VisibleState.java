package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionStates;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What there is to see of an aggregate with a graph.
 *
 * @param live the live branches, in (hlc, dot) order
 * @param state what they amount to; null: nothing, since a conflict is open or something is broken
 * @param open whether a person must act: several versions are live, and no resolver makes one state
 *     of them
 * @param problem why not, if one is declared, or why there is no state; else empty
 */
record VisibleState(
    List<VersionState> live, @Nullable EncodedMessage state, boolean open, String problem) {

  static VisibleState of(TypeFold type, VersionGraph graph, VersionStates<FoldedState> states) {
    var places = graph.live();
    if (places.isEmpty()) {
      return new VisibleState(List.of(), null, false, "");
    }
    var live = states.live();
    var encoded = new ArrayList<VersionState>();
    var problem = "";
    for (var version : live) {
      var state = encode(type, version.state());
      problem = problem.isEmpty() ? state.problem : problem;
      encoded.add(new VersionState(version.dot(), version.hlc(), state.message));
    }
    if (live.size() == 1) {
      return new VisibleState(encoded, encoded.get(0).state(), false, problem);
    }
    if (!type.isAutomatic() || !problem.isEmpty()) {
      return new VisibleState(encoded, null, true, problem);
    }
    return resolved(type, states, live, encoded);
  }

  private static VisibleState resolved(
      TypeFold type,
      VersionStates<FoldedState> states,
      List<LiveVersion<FoldedState>> live,
      List<VersionState> encoded) {
    var resolver = type.resolverId();
    var impurity = type.impurity(live, states.base(resolver));
    if (!impurity.isEmpty()) {
      return new VisibleState(encoded, null, true, impurity);
    }
    var state = encode(type, states.resolved(resolver));
    return new VisibleState(encoded, state.message, state.message == null, state.problem);
  }

  private record Encoded(@Nullable EncodedMessage message, String problem) {}

  private static Encoded encode(TypeFold type, FoldedState state) {
    if (state.isBroken()) {
      return new Encoded(null, state.problem());
    }
    try {
      return new Encoded(type.encode(state), "");
    } catch (Throwable e) {
      return new Encoded(null, "its state can't be written: " + ApplicationCode.problem(e));
    }
  }
}
