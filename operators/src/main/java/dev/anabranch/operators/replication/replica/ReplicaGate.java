package dev.anabranch.operators.replication.replica;

import static dev.anabranch.operators.replication.replica.ReplicaState.access;
import static dev.anabranch.operators.replication.replica.ReplicaState.run;

import dev.anabranch.causality.Dot;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.GateEntries;
import dev.anabranch.wire.blob.GateBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the gate holds of the current aggregate, in keyed state. Most hold nothing. */
public final class ReplicaGate implements GateEntries {

  private static final String SEPARATOR = " ";

  private final ReplicaState state;
  private boolean anyHeld;

  public ReplicaGate(ReplicaState state) {
    this.state = state;
  }

  /** Says of the current aggregate whether it holds anything: if not, nothing need be read. */
  public void begin(boolean holdsAny) {
    anyHeld = holdsAny;
  }

  @Override
  public boolean isHollow(Dot dot) {
    return state.live().hollow().get(dot) != null;
  }

  @Override
  public void addHollow(Dot dot) {
    state.live().hollow().put(dot, "");
  }

  @Override
  public void removeHollow(Dot dot) {
    state.live().hollow().remove(dot);
  }

  @Override
  public @Nullable Arrival held(Dot dot) {
    var blob = anyHeld ? access(() -> state.held.get(dot.toString())) : null;
    return blob == null ? null : GateBlob.decodeArrival(blob);
  }

  @Override
  public void park(Dot waitsFor, Arrival arrival) {
    anyHeld = true;
    var dot = arrival.dot().toString();
    run(
        () -> {
          var before = state.heldUnder.get(dot);
          if (before != null) {
            removeFrom(before, dot);
          }
          var list = state.parked.get(waitsFor.toString());
          state.parked.put(waitsFor.toString(), list == null ? dot : list + SEPARATOR + dot);
          state.heldUnder.put(dot, waitsFor.toString());
          state.held.put(dot, GateBlob.encode(arrival));
        });
  }

  @Override
  public List<Arrival> takeWaitingFor(Dot dot) {
    var list = anyHeld ? access(() -> state.parked.get(dot.toString())) : null;
    if (list == null) {
      return List.of();
    }
    return access(
        () -> {
          var taken = new ArrayList<Arrival>();
          for (var held : list.split(SEPARATOR)) {
            taken.add(GateBlob.decodeArrival(state.held.get(held)));
            state.held.remove(held);
            state.heldUnder.remove(held);
          }
          state.parked.remove(dot.toString());
          return taken;
        });
  }

  /** Parks a commit that waits for the wall clock or the configuration: under its own name. */
  public void quarantine(Arrival arrival) {
    park(arrival.dot(), arrival);
  }

  public boolean isQuarantined(Dot dot) {
    var name = dot.toString();
    return anyHeld && name.equals(access(() -> state.heldUnder.get(name)));
  }

  /** The commits that wait for the wall clock or the configuration. */
  public List<Arrival> quarantined() {
    return access(
        () -> {
          var found = new ArrayList<Arrival>();
          for (var entry : state.heldUnder.entries()) {
            if (entry.getKey().equals(entry.getValue())) {
              found.add(GateBlob.decodeArrival(state.held.get(entry.getKey())));
            }
          }
          return found;
        });
  }

  /** Forgets a commit that waited so. */
  public void endQuarantine(Dot dot) {
    var name = dot.toString();
    run(
        () -> {
          removeFrom(name, name);
          state.held.remove(name);
          state.heldUnder.remove(name);
        });
  }

  /** The dots that are missing, of which each holds some commit back. */
  public List<String> missing() {
    return access(
        () -> {
          var missing = new TreeSet<String>();
          for (var waitedFor : state.parked.keys()) {
            if (!state.heldUnder.contains(waitedFor)) {
              missing.add(waitedFor);
            }
          }
          return List.copyOf(missing);
        });
  }

  private void removeFrom(String waitsFor, String dot) throws Exception {
    var rest = new ArrayList<>(List.of(state.parked.get(waitsFor).split(SEPARATOR)));
    rest.remove(dot);
    if (rest.isEmpty()) {
      state.parked.remove(waitsFor);
    } else {
      state.parked.put(waitsFor, String.join(SEPARATOR, rest));
    }
  }
}
