package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Arrival;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.GateEntries;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.serde.CommandRecordSerializer;
import dev.anabranch.wire.blob.GateBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
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
 * <p>Each commit asks what waits for it, and most often nothing does: so the entries are on the
 * heap too, and written at once. Records are not: each may be as large as a commit.
 *
 * <p><b>Bounds.</b> At most {@value #MAX_KEPT} entries stay on the heap; more are read each time.
 * The records of all gates together are bounded by {@code HeldAggregates}.
 */
public final class StoredGate implements GateEntries {

  private static final String HOLLOW = "hollow/";
  private static final String WAIT = "wait/";
  private static final String HELD = "held/";
  private static final byte[] PRESENT = {1};

  private static final int MAX_KEPT = 16;

  private final String key;
  private final KeyedMap stored;
  private final CachedMap<String, byte[]> entries;

  /** Marks of rows that are not durable yet: true is a tombstone, false the payload for one. */
  private final Map<Dot, Boolean> pendingMarks = new HashMap<>();

  StoredGate(String key, OwnedState state) {
    this.key = key;
    this.stored = state.gateEntries();
    this.entries = new CachedMap<>(new Marks(stored, key));
  }

  @Override
  public boolean isHollow(Dot dot) {
    var pending = pendingMarks.get(dot);
    return pending == null ? entries.get(HOLLOW + dot) != null : pending;
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
    put(HOLLOW + dot, PRESENT);
  }

  /** The log has the payload of this dot. */
  void eraseHollow(Dot dot) {
    remove(List.of(HOLLOW + dot));
  }

  @Override
  public @Nullable Arrival held(Dot dot) {
    if (!isKept(dot)) {
      return null;
    }
    for (var name : waits(name -> name.endsWith("/" + dot))) {
      var arrival = entries.get(name);
      if (arrival != null) {
        return GateBlob.decodeArrival(arrival);
      }
    }
    return null;
  }

  @Override
  public void park(Dot waitsFor, Arrival arrival) {
    if (isKept(arrival.dot())) {
      var suffix = "/" + arrival.dot();
      remove(waits(name -> name.endsWith(suffix)));
    }
    parkAgain(waitsFor, arrival);
  }

  /** Parks an arrival that was taken out of the index: there is no need to look for it. */
  public void parkAgain(Dot waitsFor, Arrival arrival) {
    put(WAIT + waitsFor + "/" + arrival.dot(), GateBlob.encode(arrival));
  }

  /** Whether something that is held waits for this commit. */
  public boolean isAwaited(Dot dot) {
    var prefix = WAIT + dot + "/";
    return !waits(name -> name.startsWith(prefix)).isEmpty();
  }

  private boolean isKept(Dot dot) {
    return stored.get(key, HELD + dot) != null;
  }

  @Override
  public List<Arrival> takeWaitingFor(Dot dot) {
    var prefix = WAIT + dot + "/";
    return takeWaiting(name -> name.startsWith(prefix));
  }

  /** Whether any commit is held. */
  public boolean holdsAny() {
    return !waits(name -> true).isEmpty();
  }

  /** Takes all that is held out of the index, in (hlc, dot) order; their records stay. */
  public List<Arrival> takeAllWaiting() {
    var all = takeWaiting(name -> true);
    all.sort(null);
    return all;
  }

  private List<Arrival> takeWaiting(Predicate<String> condition) {
    var names = waits(condition);
    var taken = new ArrayList<Arrival>(names.size());
    for (var name : names) {
      var arrival = entries.get(name);
      if (arrival != null) {
        taken.add(GateBlob.decodeArrival(arrival));
      }
    }
    remove(names);
    return taken;
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
    var sum = 0L;
    for (var entry : stored.all(key).entrySet()) {
      sum += entry.getKey().startsWith(HELD) ? entry.getValue().length : 0;
    }
    return sum;
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

  /** Names of those of the index that are asked for. */
  private List<String> waits(Predicate<String> condition) {
    var names = new ArrayList<String>(0);
    entries.forEach(
        (name, arrival) -> {
          if (name.startsWith(WAIT) && condition.test(name)) {
            names.add(name);
          }
        });
    entries.trim(MAX_KEPT, name -> false);
    return names;
  }

  private void put(String name, byte[] value) {
    entries.put(name, value);
    entries.writeBack();
    entries.trim(MAX_KEPT, kept -> false);
  }

  private void remove(List<String> names) {
    if (!names.isEmpty()) {
      names.forEach(entries::remove);
      entries.writeBack();
    }
  }

  /** All but the records. */
  private record Marks(KeyedMap map, String key) implements CachedMap.Backing<String, byte[]> {

    @Override
    public byte @Nullable [] read(String name) {
      return map.get(key, name);
    }

    @Override
    public void write(String name, byte[] value) {
      map.put(key, name, value);
    }

    @Override
    public void remove(String name) {
      map.remove(key, name);
    }

    @Override
    public void readAll(BiConsumer<String, byte[]> action) {
      map.all(key)
          .forEach(
              (name, value) -> {
                if (isMark(name)) {
                  action.accept(name, value);
                }
              });
    }

    @Override
    public void clear() {
      for (var name : map.names(key)) {
        if (isMark(name)) {
          map.remove(key, name);
        }
      }
    }

    private static boolean isMark(String name) {
      return name.startsWith(HOLLOW) || name.startsWith(WAIT);
    }
  }
}
