package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.GateEntries;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.serde.CommandRecordSerializer;
import dev.anabranch.wire.blob.GateBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The gate of one aggregate in keyed state: hollow dots, what is held with its record, and what it
 * waits for. The names of the entries:
 *
 * <ul>
 *   <li>{@code hollow/a:7}: of that dot only the tombstone is applied
 *   <li>{@code wait/a:6/a:7}: a:7 is held and waits for a:6
 *   <li>{@code held/a:7}: the record of a:7 as it came
 *   <li>{@code heard}: not of the gate, but of {@link HeardRegions}
 * </ul>
 *
 * <p>Each commit asks what waits for it, and most often nothing does: so a {@link GateIndex} of the
 * entries is on the heap. It is made by one pass over them, when it is first asked for. What
 * changes is written at once. Records stay in the keyed state: each may be as large as a commit.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class AggregateGate implements GateEntries {

  private static final String HOLLOW = "hollow/";
  private static final String WAIT = "wait/";
  private static final String HELD = "held/";
  private static final byte[] PRESENT = {1};

  private final String key;
  private final KeyedMap stored;

  /** It is null until it is asked for. */
  private @Nullable GateIndex index;

  /** Marks of rows that are not durable yet: true is a tombstone, false the payload for one. */
  private final Map<Dot, Boolean> pendingMarks = new HashMap<>();

  AggregateGate(String key, CommandState state) {
    this.key = key;
    this.stored = state.gateEntries();
  }

  @Override
  public boolean isHollow(Dot dot) {
    var pending = pendingMarks.get(dot);
    if (pending != null) {
      return pending;
    }
    var known = index().hollow();
    return known == null ? stored.get(key, HOLLOW + dot) != null : known.contains(dot);
  }

  /** A tombstone is on its way; see {@link #durable}. */
  @Override
  public void addHollow(Dot dot) {
    pendingMarks.put(dot, true);
  }

  /** The payload for a tombstone is on its way; see {@link #durable}. */
  @Override
  public void removeHollow(Dot dot) {
    pendingMarks.put(dot, false);
  }

  /**
   * The row of a commit that the gate has let pass is durable. Only now the keyed state may say so:
   * a checkpoint may take a commit along that waits for its database, and it is offered again then.
   */
  public void durable(Dot dot, boolean tombstone) {
    if (tombstone) {
      storeHollow(dot);
      pendingMarks.remove(dot, true);
    } else if (pendingMarks.remove(dot, false)) {
      eraseHollow(dot);
    }
  }

  /** The log has the tombstone of this dot, and nothing else. */
  void storeHollow(Dot dot) {
    stored.put(key, HOLLOW + dot, PRESENT);
    if (index != null) {
      index.addHollow(dot);
    }
  }

  /** The log has the payload of this dot. */
  void eraseHollow(Dot dot) {
    stored.remove(key, HOLLOW + dot);
    if (index != null) {
      index.removeHollow(dot);
    }
  }

  @Override
  public @Nullable Arrival held(Dot dot) {
    var cause = index().waitsFor(dot);
    return cause == null ? null : arrival(cause, dot);
  }

  @Override
  public void park(Dot waitsFor, Arrival arrival) {
    var before = index().waitsFor(arrival.dot());
    if (before != null) {
      remove(before, arrival.dot());
    }
    parkAgain(waitsFor, arrival);
  }

  /** Parks an arrival that was taken out of the index: there is no need to look for it. */
  public void parkAgain(Dot waitsFor, Arrival arrival) {
    index().add(waitsFor, arrival);
    stored.put(key, waitName(waitsFor, arrival.dot()), GateBlob.encode(arrival));
  }

  /** Whether something that is held waits for this commit. */
  public boolean isAwaited(Dot dot) {
    return !index().waitingFor(dot).isEmpty();
  }

  @Override
  public List<Arrival> takeWaitingFor(Dot dot) {
    var dots = index().waitingFor(dot);
    if (dots.isEmpty()) {
      return List.of();
    }
    var taken = new ArrayList<Arrival>(dots.size());
    for (var held : dots) {
      taken.add(arrival(dot, held));
      remove(dot, held);
    }
    return taken;
  }

  /** Whether any commit is held. */
  public boolean holdsAny() {
    return !index().isEmpty();
  }

  /** Takes all that is held out of the index, in (hlc, dot) order; their records stay. */
  public List<Arrival> takeAllWaiting() {
    var names = new ArrayList<String>();
    var all = new ArrayList<Arrival>();
    stored.forEach(
        key,
        name -> name.startsWith(WAIT),
        (name, arrival) -> {
          names.add(name);
          all.add(GateBlob.decodeArrival(arrival));
        });
    names.forEach(name -> stored.remove(key, name));
    if (index != null) {
      index.removeAll();
    }
    all.sort(null);
    return all;
  }

  private Arrival arrival(Dot waitsFor, Dot held) {
    var known = index().arrival(held);
    if (known != null) {
      return known;
    }
    var blob = stored.get(key, waitName(waitsFor, held));
    if (blob == null) {
      throw new IllegalStateException("held commit " + held + " of " + key + " is not in state");
    }
    return GateBlob.decodeArrival(blob);
  }

  private void remove(Dot waitsFor, Dot held) {
    index().remove(held);
    stored.remove(key, waitName(waitsFor, held));
  }

  private static String waitName(Dot waitsFor, Dot held) {
    return WAIT + waitsFor + "/" + held;
  }

  /** Keeps the record of a held commit, in the place of its tombstone if that is held. */
  public void keep(Dot dot, byte[] record) {
    stored.put(key, HELD + dot, record);
  }

  /** A record as it is kept. */
  public static byte[] encode(CommandRecord record) {
    var out = new DataOutputSerializer(256);
    try {
      new CommandRecordSerializer().serialize(record, out);
    } catch (IOException e) {
      throw new UncheckedIOException("a held commit can't be written", e);
    }
    return out.getCopyOfBuffer();
  }

  /** How large the record of a held commit is, as it is kept; 0: none is. */
  public long heldBytes(Dot dot) {
    var record = stored.get(key, HELD + dot);
    return record == null ? 0 : record.length;
  }

  /** How large all records are that are kept. Reads all of them: call it once a start. */
  public long heldBytes() {
    var sum = new LongAdder();
    stored.forEach(key, name -> name.startsWith(HELD), (name, record) -> sum.add(record.length));
    return sum.sum();
  }

  /** Returns the record of a commit that is held no more. */
  public CommandRecord take(Dot dot) {
    var record = stored.get(key, HELD + dot);
    if (record == null) {
      throw new IllegalStateException("held commit " + dot + " of " + key + " has no record");
    }
    stored.remove(key, HELD + dot);
    try {
      return new CommandRecordSerializer().deserialize(new DataInputDeserializer(record));
    } catch (IOException e) {
      throw new UncheckedIOException("a held commit can't be read", e);
    }
  }

  private GateIndex index() {
    var known = index;
    if (known == null) {
      known = read();
      index = known;
    }
    return known;
  }

  private GateIndex read() {
    var read = new GateIndex();
    stored.forEach(
        key,
        name -> name.startsWith(HOLLOW) || name.startsWith(WAIT),
        (name, value) -> {
          if (name.startsWith(HOLLOW)) {
            read.addHollow(Dot.parse(name.substring(HOLLOW.length())));
            return;
          }
          var slash = name.indexOf('/', WAIT.length());
          var cause = Dot.parse(name.substring(WAIT.length(), slash));
          if (read.hasRoomForArrival()) {
            read.add(cause, GateBlob.decodeArrival(value));
          } else {
            read.add(cause, Dot.parse(name.substring(slash + 1)));
          }
        });
    return read;
  }
}
