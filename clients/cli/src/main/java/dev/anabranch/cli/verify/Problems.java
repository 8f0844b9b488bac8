package dev.anabranch.cli.verify;

import dev.anabranch.model.LogPosition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What was found so far.
 *
 * <p><b>Bounds.</b> All are counted, the first {@code maxListed} are kept.
 */
final class Problems {

  private final int maxListed;
  private final List<Problem> listed = new ArrayList<>();
  private final Map<ProblemKind, Long> counts = new EnumMap<>(ProblemKind.class);

  Problems(int maxListed) {
    this.maxListed = maxListed;
  }

  void add(ProblemKind kind, LogPosition position, String message) {
    add(kind, position.shard(), position.offset(), "row " + position + ": " + message);
  }

  void add(ProblemKind kind, int shard, long offset, String message) {
    counts.merge(kind, 1L, Long::sum);
    if (listed.size() < maxListed) {
      listed.add(new Problem(kind, shard, offset, message));
    }
  }

  /** For those that another one counted and named as samples only. */
  void addUnlisted(ProblemKind kind, long count) {
    if (count > 0) {
      counts.merge(kind, count, Long::sum);
    }
  }

  List<Problem> listed() {
    return List.copyOf(listed);
  }

  Map<ProblemKind, Long> counts() {
    return new EnumMap<>(counts);
  }
}
