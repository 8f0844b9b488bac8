package dev.anabranch.cli.replay;

import dev.anabranch.cli.log.AggregateHistory;
import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.cli.log.LogReads;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.EventStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Folds the stored history with a new release.
 *
 * <p><b>Bounds.</b> Memory holds the aggregates of one shard at a time; of those that regions
 * change at once, all their events. It only reads, and may run beside the job; what is appended
 * meanwhile may be left out.
 */
public final class ReplayCheck {

  private static final int PROBLEMS_KEPT = 100;
  private static final int PAGES_PER_SHARD = 4;

  private final EventStore store;
  private final Release next;
  private final @Nullable Release old;
  private final LongConsumer progress;
  private final List<String> problems = new ArrayList<>();
  private long problemCount;
  private long aggregates;
  private long commits;

  /**
   * @param old null: nothing to compare with
   * @param progress is told the number of commits now and then
   */
  public ReplayCheck(EventStore store, Release next, @Nullable Release old, LongConsumer progress) {
    this.store = store;
    this.next = next;
    this.old = old;
    this.progress = progress;
  }

  /** Folds every aggregate. */
  public ReplayReport all() {
    try (var sessions = new CurrentSession(store)) {
      for (var shard : shardsByDatabase()) {
        wholeShard(sessions.of(shard), shard);
      }
    }
    return report();
  }

  /**
   * Folds about as many aggregates as asked for, taken from random places of the log: those with
   * many commits are likelier to be among them.
   */
  public ReplayReport sample(int count, long seed) {
    var random = new Random(seed);
    var shards = shardsByDatabase();
    Collections.shuffle(shards, random);
    var perShard = Math.max(1, (count + shards.size() - 1) / shards.size());
    var left = count;
    for (var shard : shards) {
      if (left <= 0) {
        break;
      }
      try (var sessions = new CurrentSession(store)) {
        var session = sessions.of(shard);
        for (var aggregate : pick(session, shard, Math.min(left, perShard), random)) {
          var replay = new AggregateReplay(aggregate, next, old);
          if (replay.hasGraph()) {
            session.commits(aggregate).forEach(row -> fold(replay, row));
          } else {
            AggregateHistory.read(session, aggregate, Long.MAX_VALUE, row -> fold(replay, row));
          }
          finish(List.of(replay));
          left--;
        }
      }
    }
    return report();
  }

  private Set<AggregateKey> pick(LogReads session, int shard, int count, Random random) {
    var head = session.heads(List.of(shard)).get(shard);
    var picked = new LinkedHashSet<AggregateKey>();
    if (head == null) {
      return picked;
    }
    for (var page = 0; page < PAGES_PER_SHARD && picked.size() < count; page++) {
      var from = random.nextLong(head.offset() + 1);
      for (var row : session.page(shard, from)) {
        if (row.outcome().version() > 0 && picked.size() < count) {
          picked.add(row.outcome().aggregate());
        }
      }
    }
    return picked;
  }

  private void wholeShard(LogReads session, int shard) {
    Map<AggregateKey, AggregateReplay> replays = new HashMap<>();
    var from = 0L;
    while (true) {
      var page = session.page(shard, from);
      if (page.isEmpty()) {
        finish(replays.values());
        return;
      }
      for (var row : page) {
        if (row.outcome().dot() != null) {
          fold(
              replays.computeIfAbsent(
                  row.outcome().aggregate(), key -> new AggregateReplay(key, next, old)),
              row);
        }
      }
      from = page.get(page.size() - 1).offset() + 1;
    }
  }

  private void fold(AggregateReplay replay, LogRow row) {
    replay.commit(row.outcome());
    commits++;
    progress.accept(commits);
  }

  private void finish(Collection<AggregateReplay> replays) {
    for (var replay : replays) {
      aggregates++;
      replay
          .problem()
          .ifPresent(
              problem -> {
                problemCount++;
                if (problems.size() < PROBLEMS_KEPT) {
                  problems.add(problem);
                }
              });
    }
  }

  private ReplayReport report() {
    return new ReplayReport(aggregates, commits, problemCount, List.copyOf(problems));
  }

  /** So that one session after the other is needed. */
  private List<Integer> shardsByDatabase() {
    var layout = store.layout();
    return new ArrayList<>(
        IntStream.range(0, layout.shardCount())
            .boxed()
            .sorted(java.util.Comparator.comparingInt(layout::databaseOf))
            .toList());
  }
}
