package dev.anabranch.cli.verify;

import dev.anabranch.model.LogRow;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/** The digests of a whole topic, by shard. */
final class PublishedDigests implements Consumer<LogRow> {

  private final Map<Integer, ChunkDigests> byShard = new HashMap<>();
  private final DataOutputSerializer buffer = new DataOutputSerializer(1024);
  private final VerificationProgress progress;
  private long rows;

  PublishedDigests(VerificationProgress progress) {
    this.progress = progress;
  }

  @Override
  public void accept(LogRow row) {
    byShard.computeIfAbsent(row.shard(), shard -> new ChunkDigests(buffer)).add(row);
    progress.at(VerificationProgress.Phase.TOPIC, ++rows, -1);
  }

  @Nullable ChunkDigests of(int shard) {
    return byShard.get(shard);
  }
}
