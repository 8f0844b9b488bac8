package dev.anabranch.operators.command;

import dev.anabranch.causality.Arrival;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.GateEntries;
import dev.anabranch.model.CommandRecord;
import dev.anabranch.serde.CommandRecordSerializer;
import dev.anabranch.wire.GateBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
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
 */
final class StoredGate implements GateEntries {

  private static final String HOLLOW = "hollow/";
  private static final String WAIT = "wait/";
  private static final String HELD = "held/";
  private static final byte[] PRESENT = {1};

  private final String key;
  private final KeyedMap entries;

  StoredGate(String key, OwnedState state) {
    this.key = key;
    this.entries = state.gateEntries();
  }

  @Override
  public boolean isHollow(Dot dot) {
    return entries.get(key, HOLLOW + dot) != null;
  }

  @Override
  public void addHollow(Dot dot) {
    entries.put(key, HOLLOW + dot, PRESENT);
  }

  @Override
  public void removeHollow(Dot dot) {
    entries.remove(key, HOLLOW + dot);
  }

  @Override
  public @Nullable Arrival held(Dot dot) {
    var suffix = "/" + dot;
    for (var entry : entries.all(key).entrySet()) {
      if (entry.getKey().startsWith(WAIT) && entry.getKey().endsWith(suffix)) {
        return GateBlob.decodeArrival(entry.getValue());
      }
    }
    return null;
  }

  @Override
  public void park(Dot waitsFor, Arrival arrival) {
    var suffix = "/" + arrival.dot();
    for (var name : entries.all(key).keySet()) {
      if (name.startsWith(WAIT) && name.endsWith(suffix)) {
        entries.remove(key, name);
      }
    }
    entries.put(key, WAIT + waitsFor + suffix, GateBlob.encode(arrival));
  }

  @Override
  public List<Arrival> takeWaitingFor(Dot dot) {
    var prefix = WAIT + dot + "/";
    var taken = new ArrayList<Arrival>();
    entries
        .all(key)
        .forEach(
            (name, stored) -> {
              if (name.startsWith(prefix)) {
                taken.add(GateBlob.decodeArrival(stored));
                entries.remove(key, name);
              }
            });
    return taken;
  }

  /** Keeps the record of a held commit. */
  void keep(Dot dot, CommandRecord record) {
    var out = new DataOutputSerializer(256);
    try {
      new CommandRecordSerializer().serialize(record, out);
    } catch (IOException e) {
      throw new UncheckedIOException("a held commit can't be written", e);
    }
    entries.put(key, HELD + dot, out.getCopyOfBuffer());
  }

  /** Returns the record of a commit that is held no more. */
  CommandRecord take(Dot dot) {
    var stored = entries.get(key, HELD + dot);
    if (stored == null) {
      throw new IllegalStateException("held commit " + dot + " of " + key + " has no record");
    }
    entries.remove(key, HELD + dot);
    try {
      return new CommandRecordSerializer().deserialize(new DataInputDeserializer(stored));
    } catch (IOException e) {
      throw new UncheckedIOException("a held commit can't be read", e);
    }
  }
}
