package dev.anabranch.cli.verify;

import dev.anabranch.model.LogRow;
import dev.anabranch.serde.LogRowSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over every column of a shard's rows, one for each {@value #ROWS} offsets: two logs with
 * equal digests hold the same bytes, and where they differ the digests say in which few rows.
 *
 * <p><b>Bounds.</b> About 100 bytes for each chunk, so half a byte for each row.
 */
final class ChunkDigests {

  static final int ROWS = 256;

  private static final int KEPT_BYTES = 16;

  private final LogRowSerializer serializer = new LogRowSerializer();
  private final MessageDigest digest = newDigest();
  private final Map<Long, byte[]> complete = new HashMap<>();
  private final DataOutputSerializer buffer;
  private long chunk = -1;

  /**
   * @param buffer for encoding one row at a time, shared by all digests of a thread
   */
  ChunkDigests(DataOutputSerializer buffer) {
    this.buffer = buffer;
  }

  /** Rows come in the order of their offsets. */
  void add(LogRow row) {
    if (row.offset() / ROWS != chunk) {
      finish();
      chunk = row.offset() / ROWS;
    }
    buffer.clear();
    try {
      serializer.serialize(row, buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    digest.update(buffer.getSharedBuffer(), 0, buffer.length());
  }

  /** The chunks in which the other log has other rows, ascending. */
  long[] differingFrom(@Nullable ChunkDigests other) {
    finish();
    if (other == null) {
      return complete.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    }
    other.finish();
    var chunks = new TreeSet<>(complete.keySet());
    chunks.addAll(other.complete.keySet());
    return chunks.stream()
        .filter(each -> !Arrays.equals(complete.get(each), other.complete.get(each)))
        .mapToLong(Long::longValue)
        .toArray();
  }

  private void finish() {
    if (chunk >= 0) {
      complete.put(chunk, Arrays.copyOf(digest.digest(), KEPT_BYTES));
      chunk = -1;
    }
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
