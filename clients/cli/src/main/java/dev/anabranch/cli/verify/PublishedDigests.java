package dev.anabranch.cli.verify;

import dev.anabranch.model.LogRow;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/** The digests of a whole topic, by shard. */
final class PublishedDigests {

  private final Map<Integer, ChunkDigests> byShard = new HashMap<>();
  private final Map<Integer, RepeatDigests> repeatsByShard = new HashMap<>();
  private final DataOutputSerializer buffer = new DataOutputSerializer(1024);
  private final VerificationProgress progress;
  private long rows;

  PublishedDigests(VerificationProgress progress) {
    this.progress = progress;
  }

  void row(LogRow row) {
    byShard.computeIfAbsent(row.shard(), shard -> new ChunkDigests(buffer)).add(row);
    progress.at(VerificationProgress.Phase.TOPIC, ++rows, -1);
  }

  void repeat(LogRow row) {
    repeatsByShard.computeIfAbsent(row.shard(), shard -> new RepeatDigests(buffer)).repeated(row);
  }

  @Nullable ChunkDigests of(int shard) {
    return byShard.get(shard);
  }

  RepeatDigests repeatsOf(int shard) {
    return repeatsByShard.computeIfAbsent(shard, any -> new RepeatDigests(buffer));
  }
}
