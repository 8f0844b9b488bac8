package dev.anabranch.cli.verify.across;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.cli.verify.CommitDigest;
import dev.anabranch.cli.verify.VerificationProgress;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.VersionState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Compares regions that replicate to each other: the same commits in each store, byte for byte; the
 * same views; the same open conflicts.
 *
 * <p><b>While the regions run.</b> What differs is looked at again until it is the same or the
 * patience is over: so what is on its way is no finding, if the regions come to rest.
 *
 * <p><b>Bounds.</b> About 200 bytes for each aggregate of each region, of one shard at a time where
 * all regions have as many shards, and of all for the views.
 *
 * <p><b>Threads.</b> One.
 */
public final class Across {

  private static final int PAGE_ROWS = 1_000;
  private static final int MAX_LISTED = 200;

  /** Aggregates that differ, which are looked at again; more are found anew by another pass. */
  static final int MAX_RECHECKED = 100_000;

  private static final long PAUSE_MILLIS = 500;

  private final List<RegionStores> regions;
  private final Duration patience;
  private final VerificationProgress progress;
  private final int maxRechecked;
  private final List<CurrentSession> sessions;
  private final List<String> listed = new ArrayList<>();
  private long problemCount;
  private long aggregates;
  private long commits;
  private long withheld;
  private long unlooked;
  private long rowsRead;

  /**
   * @param regions two or more, each once: see {@link RegionStores#namedTwice}
   */
  public Across(List<RegionStores> regions, Duration patience, VerificationProgress progress) {
    this(regions, patience, progress, MAX_RECHECKED);
  }

  Across(
      List<RegionStores> regions,
      Duration patience,
      VerificationProgress progress,
      int maxRechecked) {
    if (regions.size() < 2) {
      throw new IllegalArgumentException("two regions are needed to compare");
    }
    RegionStores.namedTwice(regions)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
    this.regions = List.copyOf(regions);
    this.patience = patience;
    this.progress = progress;
    this.maxRechecked = maxRechecked;
    this.sessions = regions.stream().map(region -> new CurrentSession(region.store())).toList();
  }

  public AcrossReport run() {
    var deadline = System.nanoTime() + patience.toNanos();
    try {
      compareCommits(deadline);
      var views = compareViews(deadline);
      var conflicts = compareConflicts(deadline);
      return new AcrossReport(
          regions.stream().map(RegionStores::region).toList(),
          aggregates,
          commits,
          withheld,
          views,
          conflicts,
          listed,
          problemCount);
    } finally {
      sessions.forEach(CurrentSession::close);
    }
  }

  // -- Commits.

  private void compareCommits(long deadline) {
    while (true) {
      var left = differing();
      while (!left.isEmpty() && !isOver(deadline)) {
        pause();
        left.removeIf(this::isFine);
      }
      if (unlooked == 0 || isOver(deadline)) {
        for (var key : left) {
          var found = look(key);
          found.problems().forEach(this::problem);
          withheld += found.withheld();
        }
        if (unlooked > 0) {
          problem(
              unlooked
                  + " more aggregates differ, and were not looked at again: compare the regions"
                  + " anew when these are mended, or later");
        }
        return;
      }
    }
  }

  /** The aggregates that are not as they should be; those that only filters differ in are not. */
  private Set<AggregateKey> differing() {
    aggregates = 0;
    commits = 0;
    withheld = 0;
    unlooked = 0;
    var counts = new TreeSet<Integer>();
    regions.forEach(region -> counts.add(region.store().layout().shardCount()));
    var differing = new LinkedHashSet<AggregateKey>();
    if (counts.size() == 1) {
      for (var shard = 0; shard < counts.first(); shard++) {
        compareDigests(shard, shard, differing);
      }
    } else {
      compareDigests(0, Integer.MAX_VALUE, differing);
    }
    return differing;
  }

  private void compareDigests(int firstShard, int lastShard, Set<AggregateKey> differing) {
    var byRegion = new ArrayList<Map<AggregateKey, CommitDigest>>();
    for (var i = 0; i < regions.size(); i++) {
      byRegion.add(digests(i, firstShard, lastShard));
    }
    var all = new LinkedHashSet<AggregateKey>();
    byRegion.forEach(digests -> all.addAll(digests.keySet()));
    aggregates += all.size();
    for (var key : all) {
      var first = byRegion.get(0).getOrDefault(key, new CommitDigest());
      commits += first.commits;
      var same =
          byRegion.stream()
              .allMatch(digests -> first.isSame(digests.getOrDefault(key, new CommitDigest())));
      if (!same && !isFine(key)) {
        if (differing.size() < maxRechecked) {
          differing.add(key);
        } else {
          unlooked++;
        }
      }
    }
  }

  private Map<AggregateKey, CommitDigest> digests(int region, int firstShard, int lastShard) {
    var digests = new HashMap<AggregateKey, CommitDigest>();
    var last = Math.min(lastShard, regions.get(region).store().layout().shardCount() - 1);
    for (var shard = firstShard; shard <= last; shard++) {
      var next = 0L;
      while (true) {
        var page = sessions.get(region).of(shard).page(shard, next);
        if (page.isEmpty()) {
          break;
        }
        for (var row : page) {
          if (row.outcome().dot() != null) {
            digests.computeIfAbsent(row.outcome().aggregate(), any -> new CommitDigest()).add(row);
          }
        }
        rowsRead += page.size();
        progress.at(VerificationProgress.Phase.STORE, rowsRead, -1);
        next = page.get(page.size() - 1).offset() + 1;
      }
    }
    return digests;
  }

  private boolean isFine(AggregateKey key) {
    var found = look(key);
    if (found.problems().isEmpty()) {
      withheld += found.withheld();
      return true;
    }
    return false;
  }

  /** What is different about the commits of an aggregate now. */
  private CommitsAcross look(AggregateKey key) {
    var commitsOf = new CommitsAcross(key);
    for (var i = 0; i < regions.size(); i++) {
      commitsOf.add(regions.get(i).region(), sessions.get(i).of(key).commits(key));
    }
    commitsOf.compare();
    return commitsOf;
  }

  // -- Views and conflicts.

  private long compareViews(long deadline) {
    var digests = readViews();
    while (!viewProblems(digests).isEmpty() && !isOver(deadline)) {
      pause();
      digests = readViews();
    }
    viewProblems(digests).forEach(this::problem);
    return digests.get(0).size();
  }

  /** By region, of each aggregate: what its last view says, as a hash. */
  private List<Map<String, String>> readViews() {
    var all = new ArrayList<Map<String, String>>();
    for (var region : regions) {
      var digests = new HashMap<String, String>();
      var shown = new HashMap<String, VectorTime>();
      region
          .views()
          .read(
              view -> {
                // Partitions that were added have the newer ones, and are read in any order.
                var aggregate = view.aggregate().toString();
                var before = shown.getOrDefault(aggregate, VectorTime.ZERO);
                if (before.isBeforeOrEqual(view.revision())
                    || !view.revision().isBeforeOrEqual(before)) {
                  shown.put(aggregate, view.revision());
                  digests.put(aggregate, digest(view));
                }
              });
      all.add(digests);
    }
    return all;
  }

  private List<String> viewProblems(List<Map<String, String>> digests) {
    var keys = new TreeSet<String>();
    digests.forEach(digest -> keys.addAll(digest.keySet()));
    var found = new ArrayList<String>();
    for (var key : keys) {
      var values = new TreeSet<String>();
      digests.forEach(digest -> values.add(digest.getOrDefault(key, "none")));
      if (values.size() > 1) {
        found.add(
            key
                + ": the views differ: "
                + regionsBy(digests.stream().map(d -> d.getOrDefault(key, "none")).toList()));
      }
    }
    return found;
  }

  private static String digest(AggregateView view) {
    var digest = CommitDigest.sha256();
    digest.update(text(view.revision().toString()));
    digest.update(text(view.conflict() + "|" + view.problem().isEmpty() + "|" + view.voided()));
    var state = view.state();
    digest.update(state == null ? new byte[0] : state.data());
    for (var version : view.live()) {
      digest.update(text(version.dot() + "@" + version.hlc() + "|"));
      var each = version.state();
      digest.update(each == null ? new byte[0] : each.data());
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private long compareConflicts(long deadline) {
    var open = readConflicts();
    while (open.stream().distinct().count() > 1 && !isOver(deadline)) {
      pause();
      open = readConflicts();
    }
    var all = new TreeSet<String>();
    open.forEach(all::addAll);
    for (var conflict : all) {
      var without = new ArrayList<String>();
      for (var i = 0; i < regions.size(); i++) {
        if (!open.get(i).contains(conflict)) {
          without.add(regions.get(i).region());
        }
      }
      if (!without.isEmpty()) {
        problem(conflict + ": no such open conflict in " + String.join(", ", without));
      }
    }
    return open.get(0).size();
  }

  private List<Set<String>> readConflicts() {
    var all = new ArrayList<Set<String>>();
    for (var region : regions) {
      Set<String> open = new TreeSet<>();
      for (var conflict : region.openConflicts().get()) {
        open.add(
            conflict.aggregate()
                + ": versions "
                + conflict.live().stream()
                    .map(VersionState::dot)
                    .map(Object::toString)
                    .collect(Collectors.joining(" ")));
      }
      all.add(open);
    }
    return all;
  }

  // -- Both.

  private String regionsBy(List<String> values) {
    var text = new ArrayList<String>();
    for (var i = 0; i < regions.size(); i++) {
      text.add(regions.get(i).region() + " " + values.get(i));
    }
    return String.join(", ", text);
  }

  private void problem(String text) {
    problemCount++;
    if (listed.size() < MAX_LISTED) {
      listed.add(text);
    }
  }

  private static byte[] text(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isOver(long deadline) {
    return System.nanoTime() - deadline >= 0;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the regions", e);
    }
  }
}
