package dev.anabranch.cli.verify;

import dev.anabranch.cli.log.LogReads;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Names the rows in which store and topic differ, once their digests said in which chunks: reads
 * the topic a second time and keeps the rows of these chunks.
 *
 * <p><b>Bounds.</b> The rows of {@value #MAX_CHUNKS} chunks; further ones are only counted, as one
 * problem each.
 */
final class TopicComparison {

  private static final int MAX_CHUNKS = 32;

  private record Chunk(int shard, long number) {}

  private final Problems problems;
  private final List<Chunk> chunks = new ArrayList<>();
  private long further;

  TopicComparison(Problems problems) {
    this.problems = problems;
  }

  void differs(int shard, long chunk) {
    if (chunks.size() < MAX_CHUNKS) {
      chunks.add(new Chunk(shard, chunk));
    } else {
      further++;
    }
  }

  /**
   * @param published next offset of each shard in the topic
   */
  void nameRows(PublishedLog topic, IntFunction<LogReads> sessionOf, long[] published) {
    if (chunks.isEmpty()) {
      return;
    }
    Set<Chunk> wanted = new HashSet<>(chunks);
    Map<Chunk, Map<Long, LogRow>> found = new HashMap<>();
    topic.read(
        row -> {
          var chunk = new Chunk(row.shard(), row.offset() / ChunkDigests.ROWS);
          if (wanted.contains(chunk)) {
            found.computeIfAbsent(chunk, each -> new LinkedHashMap<>()).put(row.offset(), row);
          }
        });
    for (var chunk : chunks) {
      var inTopic = found.getOrDefault(chunk, Map.of());
      compare(chunk, stored(chunk, sessionOf.apply(chunk.shard)), inTopic, published[chunk.shard]);
    }
    problems.addUnlisted(ProblemKind.TOPIC_DIFFERS, further);
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
      Chunk chunk, Map<Long, LogRow> stored, Map<Long, LogRow> published, long publishedEnd) {
    var offsets = new java.util.TreeSet<>(published.keySet());
    stored.keySet().stream().filter(offset -> offset < publishedEnd).forEach(offsets::add);
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
}
