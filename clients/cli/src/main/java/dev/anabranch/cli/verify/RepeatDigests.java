package dev.anabranch.cli.verify;

import dev.anabranch.model.LogRow;
import dev.anabranch.serde.LogRowSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Whether the records of a shard that came again say what is stored: adds a hash of each of them,
 * and takes that of the stored row away as often as it came. Nothing remains if all are equal.
 *
 * <p><b>Bounds.</b> About 1 KiB for each chunk of {@link ChunkDigests} that has repeats.
 */
final class RepeatDigests {

  private static final class Chunk {
    private final int[] times = new int[ChunkDigests.ROWS];
    private long first;
    private long second;

    private void add(long factor, ByteBuffer hash) {
      first += factor * hash.getLong();
      second += factor * hash.getLong();
    }
  }

  private final LogRowSerializer serializer = new LogRowSerializer();
  private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
  private final DataOutputSerializer buffer;

  /**
   * @param buffer for encoding one row at a time, shared by all digests of a thread
   */
  RepeatDigests(DataOutputSerializer buffer) {
    this.buffer = buffer;
  }

  /** A record whose row came before. */
  void repeated(LogRow row) {
    var chunk = chunks.computeIfAbsent(row.offset() / ChunkDigests.ROWS, any -> new Chunk());
    chunk.times[(int) (row.offset() % ChunkDigests.ROWS)]++;
    chunk.add(1, hash(row));
  }

  /** A row of the store, each once. */
  void stored(LogRow row) {
    var chunk = chunks.get(row.offset() / ChunkDigests.ROWS);
    var times = chunk == null ? 0 : chunk.times[(int) (row.offset() % ChunkDigests.ROWS)];
    if (chunk != null && times > 0) {
      chunk.add(-times, hash(row));
    }
  }

  /** The chunks in which some record that came again is not the stored row, ascending. */
  long[] differing() {
    return chunks.entrySet().stream()
        .filter(each -> each.getValue().first != 0 || each.getValue().second != 0)
        .mapToLong(each -> each.getKey())
        .toArray();
  }

  private ByteBuffer hash(LogRow row) {
    buffer.clear();
    try {
      serializer.serialize(row, buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var digest = CommitDigest.sha256();
    digest.update(buffer.getSharedBuffer(), 0, buffer.length());
    return ByteBuffer.wrap(digest.digest());
  }
}
