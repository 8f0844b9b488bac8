package dev.anabranch.simulation;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.Resolution;
import dev.anabranch.versions.VersionNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Runs one schedule: regions with the real gate, graph, clock and formats, and between them links
 * that cut, lose, repeat, reorder and withhold. At the end everything heals, and all must agree
 * with each other and with the {@link Oracle}.
 *
 * <p>How: an own record says what each decider had in its log; vectors are never asked. Relays
 * forward all rows of their log, so links need not reach everyone.
 */
public final class Simulation {

  private static final int MAX_COMMITS = 60;
  private static final long DAY_MILLIS = 86_400_000;

  private final Schedule schedule;
  private final List<Region> regions = new ArrayList<>();
  private final List<Topology.Link> links;
  private final Set<Integer> cut = new HashSet<>();
  private final List<String> issued = new ArrayList<>();
  private final Set<Dot> tombstones = new HashSet<>();
  private final Map<Dot, Row> decided = new HashMap<>();
  private boolean filtering;
  private long now = 1_700_000_000_000L;

  private Simulation(Schedule schedule) {
    this.schedule = schedule;
    this.links = schedule.topology().links();
    this.filtering = schedule.filtered();
    var ids = new ArrayList<RegionId>();
    for (var i = 0; i < schedule.topology().regions; i++) {
      ids.add(new RegionId(String.valueOf((char) ('a' + i))));
    }
    ids.forEach(id -> regions.add(new Region(id, ids, tombstones)));
  }

  /**
   * Runs schedules with seeds from {@code first} on.
   *
   * @return what went wrong first, with its seed and the shortest schedule that shows it; empty if
   *     nothing did
   */
  public static String run(long first, int count) {
    for (var seed = first; seed < first + count; seed++) {
      var schedule = Schedule.of(seed);
      var failure = failure(schedule);
      if (!failure.isEmpty()) {
        var smallest = schedule.shrunk(candidate -> !failure(candidate).isEmpty());
        return "seed %d: %s%nshrunk to %d steps: %s%n%s"
            .formatted(seed, failure, smallest.steps().size(), failure(smallest), smallest);
      }
    }
    return "";
  }

  /** As {@link #run}, but tells the seed and the failure only. */
  public static String firstFailure(long first, int count) {
    for (var seed = first; seed < first + count; seed++) {
      var failure = failure(Schedule.of(seed));
      if (!failure.isEmpty()) {
        return "seed " + seed + ": " + failure;
      }
    }
    return "";
  }

  /** All commits that the regions of a schedule make. */
  static List<VersionNode> history(Schedule schedule) {
    var simulation = new Simulation(schedule);
    schedule.steps().forEach(simulation::run);
    return simulation.decided.values().stream().map(Row::node).toList();
  }

  static String failure(Schedule schedule) {
    try {
      new Simulation(schedule).run();
      return "";
    } catch (RuntimeException e) {
      return e + (e instanceof Violation ? "" : " at " + List.of(e.getStackTrace()).subList(0, 3));
    }
  }

  private void run() {
    schedule.steps().forEach(this::run);
    settle();
    checkAllHaveHeardOfAll();
    check();
    filtering = false;
    settle();
    checkAllAgree();
    check();
  }

  private void run(Schedule.Step step) {
    var region = regions.get(step.a() % regions.size());
    now += 1;
    switch (step.kind()) {
      case UPDATE -> update(region, step, newCommand());
      case RETRY_ELSEWHERE -> retry(region, step);
      case RESOLVE -> resolve(region, step);
      case DELIVER -> deliver(step, 1);
      case DELIVER_BURST -> deliver(step, 8);
      case DELIVER_LATER_FIRST -> deliverAt(step, 1 + step.c() % 4);
      case DELIVER_AGAIN -> deliverAt(step, -1 - step.c() % 6);
      case LOSE -> lose(step);
      case REPUBLISH -> region.job.cursors.clear();
      case CUT -> cut.add(step.a() % links.size());
      case HEAL -> cut.remove(step.a() % links.size());
      case CHECKPOINT -> region.checkpoint();
      case CRASH -> region.crash(now);
      case COMPACT -> region.compact();
      case CLOCK_JUMP -> region.jumpClock(step.b() % 200_000 - 100_000);
      case TIME -> now += step.b() % 5_000;
      case CHECK -> check(region);
    }
  }

  private String newCommand() {
    var command = "c" + issued.size();
    issued.add(command);
    return command;
  }

  /** A client that got no answer asks another region. */
  private void retry(Region region, Schedule.Step step) {
    if (!issued.isEmpty()) {
      var back = 1 + step.b() % Math.min(4, issued.size());
      var command = issued.get(issued.size() - back);
      if (!region.knows(command)) {
        update(region, step, command);
      }
    }
  }

  private void update(Region region, Schedule.Step step, String command) {
    if (decided.size() >= MAX_COMMITS) {
      return;
    }
    var live = region.job.graph.live().stream().map(OrderedDot::dot).toList();
    if (schedule.automatic() || live.size() < 2) {
      region.update(now, live, live.size() > 1 ? "r" + step.c() % 2 : "", command);
    } else {
      region.update(now, List.of(live.get(step.c() % live.size())), "", command);
    }
    record(region);
  }

  /** Chooses between live branches, or takes back what was chosen before. */
  private void resolve(Region region, Schedule.Step step) {
    var candidates = new ArrayList<Dot>();
    region.job.graph.live().forEach(place -> candidates.add(place.dot()));
    if (step.b() % 4 == 0) {
      region.job.graph.rejected().forEach(place -> candidates.add(place.dot()));
    }
    var distinct = new ArrayList<>(new HashSet<>(candidates));
    Collections.sort(distinct);
    if (distinct.size() < 2 || decided.size() >= MAX_COMMITS) {
      return;
    }
    Collections.shuffle(distinct, new Random(step.c()));
    var rejects = 1 + step.a() % (distinct.size() - 1);
    region.resolve(
        now,
        new Resolution(
            distinct.get(0), distinct.subList(1, 1 + rejects), step.b() % 3 == 0, "ann", "so"),
        newCommand());
    record(region);
  }

  private void record(Region region) {
    for (var i = region.log.size() - 1; i >= 0; i--) {
      var row = region.log.get(i);
      if (row.dot().origin().equals(region.id)) {
        decided.putIfAbsent(row.dot(), row);
        return;
      }
    }
  }

  private void deliver(Schedule.Step step, int rows) {
    var at = step.a() % links.size();
    for (var i = 0; i < rows && !cut.contains(at); i++) {
      deliverNext(at);
    }
  }

  /** Whether a row was taken. */
  private boolean deliverNext(int link) {
    var to = regions.get(links.get(link).to());
    var from = regions.get(links.get(link).from());
    var cursor = to.job.cursors.getOrDefault(link, 0);
    if (cursor >= from.log.size() || !offer(to, from.log.get(cursor), link)) {
      return false;
    }
    to.job.cursors.put(link, cursor + 1);
    return true;
  }

  private void deliverAt(Schedule.Step step, int distance) {
    var at = step.a() % links.size();
    var to = regions.get(links.get(at).to());
    var from = regions.get(links.get(at).from());
    var position = to.job.cursors.getOrDefault(at, 0) + distance;
    if (!cut.contains(at) && position >= 0 && position < from.log.size()) {
      offer(to, from.log.get(position), at);
    }
  }

  private void lose(Schedule.Step step) {
    var at = step.a() % links.size();
    var to = regions.get(links.get(at).to());
    var from = regions.get(links.get(at).from());
    var cursor = to.job.cursors.getOrDefault(at, 0);
    if (cursor < from.log.size()) {
      to.job.cursors.put(at, cursor + 1);
    }
  }

  private boolean offer(Region to, Row row, int link) {
    var withheld = filtering && (row.dot().hashCode() * 31 + link) % 3 == 0;
    return to.receive(withheld && !row.isHollow() ? row.withheld() : row, now);
  }

  /** All links are up, everything is published again, and clocks go right. */
  private void settle() {
    cut.clear();
    now += DAY_MILLIS;
    for (var region : regions) {
      region.jumpClock(0);
      region.job.cursors.clear();
    }
    var moved = true;
    while (moved) {
      moved = false;
      for (var link = 0; link < links.size(); link++) {
        while (deliverNext(link)) {
          moved = true;
        }
      }
    }
  }

  private void check() {
    regions.forEach(this::check);
    for (var row : decided.values()) {
      for (var other : decided.keySet()) {
        if (row.node().context().covers(other) != row.seen().contains(other)) {
          throw new Violation(
              "I8: the context of "
                  + row.node()
                  + " is wrong about "
                  + other
                  + "; it had seen "
                  + row.seen());
        }
      }
    }
  }

  /** The region against the rules, and against a graph that got the same in another order. */
  private void check(Region region) {
    var commits = region.commits();
    var answers = region.job.answers();
    var expected = Oracle.answers(commits);
    if (!answers.equals(expected)) {
      throw new Violation(
          "I3: " + region.id + " shows " + answers + " instead of " + expected + " for " + commits);
    }
    var reordered = Answers.of(extension(commits, new Random(schedule.seed())));
    if (!reordered.equals(expected)) {
      throw new Violation("I3: another order of " + commits + " shows " + reordered);
    }
  }

  /** A random order in which causes come before effects. */
  static List<VersionNode> extension(List<VersionNode> commits, Random random) {
    var rest = new ArrayList<>(commits);
    rest.sort((x, y) -> x.orderedDot().compareTo(y.orderedDot()));
    var order = new ArrayList<VersionNode>();
    while (!rest.isEmpty()) {
      var at = random.nextInt(rest.size());
      var candidate = rest.get(at);
      if (rest.stream().noneMatch(other -> candidate.context().covers(other.dot()))) {
        order.add(rest.remove(at));
      }
    }
    return order;
  }

  private void checkAllHaveHeardOfAll() {
    for (var region : regions) {
      if (!region.dots().equals(decided.keySet())) {
        throw new Violation(
            "I4: " + region.id + " heard of " + region.dots() + " of " + decided.keySet());
      }
    }
  }

  private void checkAllAgree() {
    var first = regions.get(0);
    for (var region : regions) {
      if (!region.payloads().equals(decided.keySet())) {
        throw new Violation(
            "I4: " + region.id + " has " + region.payloads() + " of " + decided.keySet());
      }
      if (!region.job.answers().equals(first.job.answers())) {
        throw new Violation("I3: " + region.id + " and " + first.id + " differ");
      }
    }
  }
}
