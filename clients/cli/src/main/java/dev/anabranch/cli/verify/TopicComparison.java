package dev.anabranch.cli.verify;

import dev.anabranch.cli.log.LogReads;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Names the rows in which store and topic differ, once their digests said in which chunks: reads
 * the topic a second time and keeps the rows of these chunks.
 *
 * <p><b>Bounds.</b> The rows of {@value #MAX_CHUNKS} chunks, and 64 MiB of the topic's; further
 * chunks are only counted, as one problem each.
 */
final class TopicComparison {

  private static final int MAX_CHUNKS = 32;
  private static final long MAX_BYTES = 64L << 20;

  private record Chunk(int shard, long number) {}

  private final Problems problems;
  private final Set<Chunk> chunks = new LinkedHashSet<>();
  private final Set<Chunk> tooLarge = new HashSet<>();
  private long further;
  private long bytes;

  TopicComparison(Problems problems) {
    this.problems = problems;
  }

  void differs(int shard, long chunk) {
    var found = new Chunk(shard, chunk);
    if (chunks.size() < MAX_CHUNKS) {
      chunks.add(found);
    } else if (!chunks.contains(found)) {
      further++;
    }
  }

  /** What the topic has of one chunk: each row as it came first, and where it came otherwise. */
  private static final class InTopic {
    private final Map<Long, LogRow> first = new LinkedHashMap<>();
    private final List<LogRow> others = new ArrayList<>();
  }

  /**
   * @param begins offset of each shard from which on the topic has rows
   * @param ends offset of each shard from which on the topic has none
   */
  void nameRows(PublishedRows topic, IntFunction<LogReads> sessionOf, long[] begins, long[] ends) {
    if (chunks.isEmpty()) {
      return;
    }
    Map<Chunk, InTopic> found = new HashMap<>();
    topic.read(
        row -> {
          var chunk = find(row, found);
          if (chunk != null) {
            chunk.first.put(row.offset(), row);
          }
        },
        row -> {
          var chunk = find(row, found);
          if (chunk != null) {
            var first = chunk.first.get(row.offset());
            if (first == null || !first.isIdenticalTo(row)) {
              chunk.others.add(row);
            }
          }
        });
    for (var chunk : chunks) {
      var inTopic = found.getOrDefault(chunk, new InTopic());
      if (!tooLarge.contains(chunk)) {
        var stored = stored(chunk, sessionOf.apply(chunk.shard));
        compare(chunk, stored, inTopic.first, begins[chunk.shard], ends[chunk.shard]);
        compareOthers(stored, inTopic.others);
      }
    }
    problems.addUnlisted(ProblemKind.TOPIC_DIFFERS, further + tooLarge.size());
  }

  /**
   * Finds the row in the topic. Null says that nobody asked for its chunk, or that it no longer
   * fits.
   */
  private @Nullable InTopic find(LogRow row, Map<Chunk, InTopic> found) {
    var chunk = new Chunk(row.shard(), row.offset() / ChunkDigests.ROWS);
    if (!chunks.contains(chunk) || tooLarge.contains(chunk)) {
      return null;
    }
    bytes += row.outcome().blobs().size();
    if (bytes > MAX_BYTES && found.size() > 1) {
      tooLarge.add(chunk);
      found.remove(chunk);
      return null;
    }
    return found.computeIfAbsent(chunk, each -> new InTopic());
  }

  private static Map<Long, LogRow> stored(Chunk chunk, LogReads session) {
    var positions = new ArrayList<LogPosition>();
    var first = chunk.number * ChunkDigests.ROWS;
    for (var offset = first; offset < first + ChunkDigests.ROWS; offset++) {
      positions.add(new LogPosition(chunk.shard, offset));
    }
    var rows = new TreeMap<Long, LogRow>();
    session.rows(positions).forEach(row -> rows.put(row.offset(), row));
    return rows;
  }

  private void compare(
      Chunk chunk, Map<Long, LogRow> stored, Map<Long, LogRow> published, long begin, long end) {
    var offsets = new java.util.TreeSet<>(published.keySet());
    stored.keySet().stream()
        .filter(offset -> offset >= begin && offset < end)
        .forEach(offsets::add);
    for (var offset : offsets) {
      var ours = stored.get(offset);
      var theirs = published.get(offset);
      var position = new LogPosition(chunk.shard, offset);
      if (ours == null) {
        problems.add(ProblemKind.TOPIC_DIFFERS, position, "is published, but not stored");
      } else if (theirs == null) {
        problems.add(ProblemKind.TOPIC_DIFFERS, position, "is stored, but not published");
      } else if (!ours.isIdenticalTo(theirs)) {
        problems.add(
            ProblemKind.TOPIC_DIFFERS,
            position,
            "is published with another " + RowDifference.between(ours, theirs));
      }
    }
  }

  private void compareOthers(Map<Long, LogRow> stored, List<LogRow> others) {
    for (var again : others) {
      var ours = stored.get(again.offset());
      if (ours == null) {
        problems.add(ProblemKind.TOPIC_DIFFERS, again.position(), "came again, but is not stored");
      } else if (!ours.isIdenticalTo(again)) {
        problems.add(
            ProblemKind.TOPIC_DIFFERS,
            again.position(),
            "came again with another " + RowDifference.between(ours, again));
      }
    }
  }
}
