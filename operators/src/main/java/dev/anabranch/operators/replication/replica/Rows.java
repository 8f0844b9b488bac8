package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ResolutionBlob;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What gate and graph need to know of a row. */
public final class Rows {

  private Rows() {}

  /** Whether the row is replicated: it has a dot. */
  public static boolean isCommit(LogRow row) {
    return row.outcome().dot() != null;
  }

  public static Dot dot(LogRow row) {
    var dot = row.outcome().dot();
    if (dot == null) {
      throw new IllegalArgumentException("row " + row.position() + " is no commit: it has no dot");
    }
    return dot;
  }

  /**
   * @throws dev.anabranch.wire.blob.WireFormatException if its causality is malformed
   */
  public static Arrival arrival(LogRow row) {
    return arrival(row, causality(row));
  }

  /**
   * @param causality of the row, decoded before
   */
  public static Arrival arrival(LogRow row, Causality causality) {
    return new Arrival(
        dot(row),
        row.outcome().stamp().hlc(),
        causality.context(),
        row.outcome().kind() == RowKind.TOMBSTONE);
  }

  /**
   * @throws IllegalArgumentException if the row contradicts itself or is malformed
   */
  public static VersionNode node(LogRow row) {
    return node(row, causality(row));
  }

  /**
   * @param causality of the row, decoded before
   * @throws IllegalArgumentException if the row contradicts itself or is malformed
   */
  static VersionNode node(LogRow row, Causality causality) {
    var outcome = row.outcome();
    var resolution =
        outcome.kind() == RowKind.RESOLUTION
            ? ResolutionBlob.fromEvents(EventsBlob.decode(outcome.blobs().events()))
            : null;
    return new VersionNode(
        dot(row),
        outcome.stamp().hlc(),
        outcome.kind(),
        causality.context(),
        causality.parents(),
        causality.resolverId(),
        outcome.commandId(),
        resolution);
  }

  public static Causality causality(LogRow row) {
    return CausalityBlob.decode(row.outcome().blobs().causality());
  }

  /** Hashes what must be the same wherever the commit is: all but its place in a log. */
  static long fingerprint(LogRow row) {
    var outcome = row.outcome();
    var crc = new CRC32C();
    var numbers = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);
    crc.update(outcome.kind().code());
    crc.update(numbers.putLong(outcome.stamp().hlc()).flip());
    updateText(crc, outcome.commandId());
    update(crc, numbers, outcome.blobs().causality());
    update(crc, numbers, outcome.blobs().metadata());
    update(crc, numbers, outcome.blobs().events());
    return crc.getValue();
  }

  private static void update(CRC32C crc, ByteBuffer number, byte[] blob) {
    crc.update(number.clear().putInt(blob.length).flip());
    crc.update(blob);
  }

  private static void updateText(CRC32C crc, @Nullable String text) {
    if (text != null) {
      crc.update(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }
}
