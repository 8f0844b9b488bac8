package dev.anabranch.connectors.mysql.connection;

import dev.anabranch.model.LogRow;
import java.util.Locale;

/**
 * What one INSERT may hold.
 *
 * @param bytes below the server's {@code max_allowed_packet}
 */
public record StatementLimits(int rows, long bytes) {

  /** Room for the protocol's own bytes. */
  private static final int PROTOCOL_BYTES = 1_024;

  /** The driver splits what is longer than 16 MiB; no batch that makes sense is. */
  private static final long MAX_BYTES = (1 << 24) - PROTOCOL_BYTES;

  /** A row of maximum size must fit although each of its bytes may be escaped by another. */
  static long requiredPacketBytes(int maxRowBytes) {
    return 2L * maxRowBytes + 2 * PROTOCOL_BYTES;
  }

  public static StatementLimits of(SessionSettings settings, long maxAllowedPacket) {
    return new StatementLimits(
        settings.maxRowsPerInsert(), Math.min(MAX_BYTES, maxAllowedPacket - PROTOCOL_BYTES));
  }

  /** A row that does not even fit alone is a mistake of the caller, who knows the limit. */
  public void requireNotFirst(LogRow row, int rowsBefore, long bytesNeeded) {
    if (rowsBefore == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "row %s takes %d bytes as SQL; this database takes %d (max_allowed_packet)",
              row.position(),
              bytesNeeded,
              bytes));
    }
  }
}
