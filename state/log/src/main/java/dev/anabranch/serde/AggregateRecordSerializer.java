package dev.anabranch.serde;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.CommandWindow;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Format 1: flags, version, the causal past (hlc, applied, dependencies, frontier), the state and
 * the reason if there are any, then the window, oldest command first, each offset as the distance
 * to the one before.
 */
public final class AggregateRecordSerializer extends ImmutableSerializer<AggregateRecord> {
  private static final long serialVersionUID = 1L;

  private static final int HAS_STATE = 1;
  private static final int IS_BROKEN = 2;

  // Far above what is written: bounds of what damaged state can make us allocate.
  private static final int MAX_REGIONS = 4_096;
  private static final int MAX_WINDOW = 1 << 20;

  @Override
  public void serialize(AggregateRecord record, DataOutputView out) throws IOException {
    var state = record.state();
    var brokenReason = record.brokenReason();
    out.writeByte((state == null ? 0 : HAS_STATE) | (brokenReason == null ? 0 : IS_BROKEN));
    Views.writeNumber(record.version(), out);
    writePast(record.past(), out);
    if (state != null) {
      Views.writeText(state.type(), out);
      Views.writeNumber(state.schemaVersion(), out);
      Views.writeBytes(state.data(), out);
    }
    if (brokenReason != null) {
      Views.writeText(brokenReason, out);
    }
    writeWindow(record.window(), out);
  }

  @Override
  public AggregateRecord deserialize(DataInputView in) throws IOException {
    var flags = in.readByte();
    var version = Views.readNumber(in);
    var past = readPast(in);
    var state = (flags & HAS_STATE) != 0 ? readState(in) : null;
    var brokenReason = (flags & IS_BROKEN) != 0 ? Views.readText(in) : null;
    return new AggregateRecord(version, past, state, readWindow(in), brokenReason);
  }

  private static @Nullable EncodedMessage readState(DataInputView in) throws IOException {
    return new EncodedMessage(Views.readText(in), Views.readInt(in), Views.readBytes(in));
  }

  private static void writePast(CausalPast past, DataOutputView out) throws IOException {
    Views.writeNumber(past.hlc(), out);
    writeTime(past.applied(), out);
    writeTime(past.dependencies(), out);
    Views.writeNumber(past.frontier().size(), out);
    for (var dot : past.frontier()) {
      Views.writeText(dot.origin().value(), out);
      Views.writeNumber(dot.n(), out);
    }
  }

  private static CausalPast readPast(DataInputView in) throws IOException {
    var hlc = Views.readNumber(in);
    var applied = readTime(in);
    var dependencies = readTime(in);
    var frontier = new Dot[Views.readInt(in, MAX_REGIONS)];
    for (var i = 0; i < frontier.length; i++) {
      frontier[i] = new Dot(new RegionId(Views.readText(in)), Views.readNumber(in));
    }
    return new CausalPast(applied, List.of(frontier), hlc, dependencies);
  }

  private static void writeTime(VectorTime time, DataOutputView out) throws IOException {
    Views.writeNumber(time.size(), out);
    for (var i = 0; i < time.size(); i++) {
      Views.writeText(time.regionAt(i).value(), out);
      Views.writeNumber(time.valueAt(i), out);
    }
  }

  private static VectorTime readTime(DataInputView in) throws IOException {
    var regions = new RegionId[Views.readInt(in, MAX_REGIONS)];
    var values = new long[regions.length];
    for (var i = 0; i < regions.length; i++) {
      regions[i] = new RegionId(Views.readText(in));
      values[i] = Views.readNumber(in);
    }
    return VectorTime.ofSorted(regions, values);
  }

  private static void writeWindow(CommandWindow window, DataOutputView out) throws IOException {
    Views.writeNumber(window.size(), out);
    var previous = 0L;
    for (var i = 0; i < window.size(); i++) {
      out.writeLong(window.hashAt(i));
      // Not ordered when a repeat was added late; a negative distance is long, but read back.
      Views.writeNumber(window.offsetAt(i) - previous, out);
      previous = window.offsetAt(i);
    }
  }

  private static CommandWindow readWindow(DataInputView in) throws IOException {
    var hashes = new long[Views.readInt(in, MAX_WINDOW)];
    var offsets = new long[hashes.length];
    var previous = 0L;
    for (var i = 0; i < hashes.length; i++) {
      hashes[i] = in.readLong();
      offsets[i] = previous + Views.readNumber(in);
      previous = offsets[i];
    }
    return CommandWindow.of(hashes, offsets);
  }

  @Override
  public TypeSerializerSnapshot<AggregateRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<AggregateRecord> {
    @Override
    public TypeSerializer<AggregateRecord> restoreSerializer() {
      return new AggregateRecordSerializer();
    }
  }
}
