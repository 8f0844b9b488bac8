package dev.anabranch.operators.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.gate.Stability;
import dev.anabranch.history.Commit;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.operators.replication.NoteDomain;
import dev.anabranch.operators.replication.ReplicationOptions;
import dev.anabranch.operators.replication.StoreOfA;
import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random histories of three regions that take each other's commits at random; the operator of a
 * gets the logs of a, b and c interleaved at random, with repeats and in wrong order, and crashes
 * at random. In the end it must show what a plain fold of the set of all commits shows.
 */
class ReplicationHistoryTest {

  private static final List<String> AGGREGATES = List.of("Auto/1", "Auto/2", "Hand/1", "Marks/1");
  private static final int HISTORIES = 12;
  private static final int STEPS = 60;

  @Test
  void everyArrivalShowsWhatTheSetOfCommitsShows() throws Exception {
    var seed = Long.getLong("anabranch.seed", System.nanoTime());
    for (var i = 0; i < HISTORIES; i++) {
      try {
        check(new Random(seed + i));
      } catch (AssertionError e) {
        throw new AssertionError("-Danabranch.seed=" + (seed + i), e);
      }
    }
  }

  private static void check(Random random) throws Exception {
    var regions = List.of(region("a"), region("b"), region("c"));
    for (var step = 0; step < STEPS; step++) {
      step(random, regions, step);
    }
    for (var other : regions) {
      // The command job of a takes in all that is let pass.
      List.copyOf(other.log()).stream()
          .filter(row -> !regions.get(0).has(row))
          .forEach(regions.get(0)::take);
    }
    var arrivals = new ArrayList<PublishedRow>();
    regions.forEach(region -> arrivals.addAll(region.published()));
    shuffle(random, arrivals, regions);

    try (var store = new StoreOfA();
        var harness = new ReplicationHarness(store.factory(), 10_000)) {
      if (random.nextBoolean()) {
        store.rowByRow();
        harness.cachedBytes(
            random.nextBoolean() ? 100_000 : ReplicationOptions.DEFAULT_CACHED_BYTES);
      }
      var commands = new HashSet<String>();
      var stored = new HashMap<LogPosition, PublishedRow>();
      var passed = new Passed();
      for (var published : arrivals) {
        var arrival = published;
        if (arrival.region().equals("a")) {
          arrival =
              stored.computeIfAbsent(
                  published.row().position(),
                  position -> {
                    // What is published is stored.
                    var row = inItsSlot(published.row(), commands);
                    store.append(row);
                    passed.add(row);
                    return new PublishedRow("a", row);
                  });
        }
        harness.process(arrival);
        harness.settle();
        passed.check(harness.inbound());
        // What rests is written back meanwhile.
        for (var ticks = random.nextInt(4) == 0 ? random.nextInt(8) : 0; ticks > 0; ticks--) {
          harness.pass(Duration.ofMillis(ReplicaCache.TICK_MILLIS));
        }
        if (random.nextInt(8) == 0) {
          harness.crashAndRestore();
        }
      }
      // What the own log shows to be a repeat is read again from the store.
      harness.pass(Duration.ofMinutes(1));
      compare(harness, arrivals);
    }
  }

  /** As the command job stores it: a second row of a command id is in the slot of its origin. */
  private static LogRow inItsSlot(LogRow row, Set<String> commands) {
    var outcome = row.outcome();
    var dot = outcome.dot();
    if (dot == null || commands.add(outcome.aggregate() + " " + outcome.commandId())) {
      return row;
    }
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            dot.origin().value(),
            dot,
            outcome.stamp(),
            outcome.blobs())
        .at(row.shard(), row.offset());
  }

  private static void step(Random random, List<TestRegion> regions, int step) {
    var region = regions.get(random.nextInt(regions.size()));
    var aggregate = AGGREGATES.get(random.nextInt(AGGREGATES.size()));
    var from = regions.get(random.nextInt(regions.size()));
    if (from != region && random.nextInt(3) > 0) {
      for (var row : List.copyOf(from.log())) {
        if (!region.has(row) && random.nextInt(10) > 0) {
          region.take(row);
        } else if (!region.has(row)) {
          break; // A log is taken in order.
        }
      }
    } else {
      // Now and then a client asks two regions for the same.
      var command = random.nextInt(6) == 0 ? "shared-" + step / 4 : "c" + step;
      region.commit(aggregate, command, Character.toString('a' + step % 26));
    }
  }

  /** Mostly in the order of each log, with jumps and repeats; nothing is left out. */
  private static void shuffle(
      Random random, List<PublishedRow> arrivals, List<TestRegion> regions) {
    var next = new int[regions.size()];
    arrivals.clear();
    var total = regions.stream().mapToInt(region -> region.log().size()).sum();
    while (next[0] + next[1] + next[2] < total) {
      var i = random.nextInt(regions.size());
      if (next[i] < regions.get(i).log().size()) {
        var row = regions.get(i).published(regions.get(i).log().get(next[i]++));
        // The own log is what the gate and the store agree on: it is never reordered.
        var back = i == 0 || random.nextInt(4) > 0 ? 0 : random.nextInt(4);
        arrivals.add(Math.max(lastOwn(arrivals), arrivals.size() - back), row);
        if (random.nextInt(10) == 0) {
          arrivals.add(row);
        }
      }
    }
  }

  private static int lastOwn(List<PublishedRow> arrivals) {
    for (var i = arrivals.size(); i > 0; i--) {
      if (arrivals.get(i - 1).region().equals("a")) {
        return i;
      }
    }
    return 0;
  }

  private static void compare(ReplicationHarness harness, List<PublishedRow> arrivals) {
    for (var aggregate : AGGREGATES) {
      var model = new Model(aggregate, arrivals);
      if (model.dots.isEmpty()) {
        assertThat(harness.view(aggregate)).isNull();
        continue;
      }
      var view = harness.view(aggregate);
      assertThat(view).as(aggregate).isNotNull();
      if (aggregate.startsWith("Marks")) {
        assertThat(harness.state(aggregate)).isEqualTo(model.marks());
        continue;
      }
      assertThat(view.live().stream().map(VersionState::dot).toList())
          .as(aggregate)
          .isEqualTo(model.live());
      assertThat(view.live().stream().map(ReplicationHistoryTest::text).toList())
          .as(aggregate)
          .isEqualTo(model.states());
      assertThat(view.voided().stream().map(voided -> voided.dot()).toList())
          .as(aggregate)
          .isEqualTo(model.voided());
      assertThat(
              harness.inbound().stream()
                  .filter(row -> row.row().outcome().aggregate().toString().equals(aggregate))
                  .map(row -> row.row().outcome().commitDot())
                  .toList())
          .as("handed on once each")
          .doesNotHaveDuplicates();
      if (aggregate.startsWith("Auto")) {
        assertThat(harness.state(aggregate)).as(aggregate).isEqualTo(model.resolved());
      }
    }
  }

  private static String text(VersionState version) {
    var state = version.state();
    return state == null ? "?" : new String(state.data(), StandardCharsets.UTF_8);
  }

  private static TestRegion region(String name) {
    return new TestRegion(name, ReplicationHarness.SHARDS);
  }

  /** What the region has: no commit may be handed on before its causes. */
  private static final class Passed {
    private final Set<String> dots = new HashSet<>();
    private int checked;

    void add(LogRow row) {
      if (row.outcome().dot() != null) {
        dots.add(row.outcome().aggregate() + " " + row.outcome().dot());
      }
    }

    void check(List<PublishedRow> inbound) {
      for (var published : inbound.subList(checked, inbound.size())) {
        var row = published.row();
        Commit.of(row.outcome())
            .causality()
            .context()
            .entries()
            .forEach(
                (origin, count) -> {
                  for (var n = 1; n <= count; n++) {
                    assertThat(dots)
                        .as("causes of %s, which is handed on", row.outcome().dot())
                        .contains(row.outcome().aggregate() + " " + origin + ":" + n);
                  }
                });
        add(row);
      }
      checked = inbound.size();
    }
  }

  /** A plain fold of the set of commits, in the order of their times. */
  private static final class Model implements VersionFolding<String> {
    final TreeSet<Dot> dots = new TreeSet<>();
    private final List<LogRow> rows = new ArrayList<>();
    private final Map<Dot, byte[]> events = new HashMap<>();
    private final VersionGraph graph = new VersionGraph(new GraphEntriesInMemory());
    private final VersionStates<String> states =
        new VersionStates<>(graph, this, new VersionSnapshotsInMemory<>());

    private final boolean joins;

    Model(String aggregate, List<PublishedRow> arrivals) {
      joins = aggregate.startsWith("Auto");
      arrivals.stream()
          .map(PublishedRow::row)
          .filter(row -> row.outcome().aggregate().toString().equals(aggregate))
          .sorted(Comparator.comparing(row -> Commit.of(row.outcome()).arrival()))
          .forEach(
              row -> {
                if (dots.add(row.outcome().commitDot())) {
                  rows.add(row);
                  events.put(row.outcome().commitDot(), row.outcome().blobs().events());
                  var unused = states.add(Commit.of(row.outcome()).node());
                }
              });
    }

    /**
     * All folded, but for later commits of a command that another one has; then what every region
     * has seen is forgotten, at once.
     */
    String marks() {
      var fold = TypeFold.of(NoteDomain.marks());
      var state = fold.initial();
      var heard = Stability.NONE;
      var commands = new HashSet<String>();
      for (var row : rows) {
        if (commands.add(row.outcome().commandId())) {
          state = fold.fold(state, Commit.of(row.outcome()));
        }
        heard =
            heard.after(row.outcome().commitDot(), Commit.of(row.outcome()).causality().context());
      }
      var stable = heard.stable(Stream.of("a", "b", "c").map(RegionId::new).toList());
      var kept = fold.dropStable(state, stable);
      return new String(fold.encode(kept).data(), StandardCharsets.UTF_8);
    }

    List<Dot> live() {
      return graph.live().stream().map(place -> place.dot()).toList();
    }

    List<String> states() {
      return states.live().stream().map(LiveVersion::state).toList();
    }

    List<Dot> voided() {
      return graph.voided().stream().map(voided -> voided.dot()).toList();
    }

    String resolved() {
      return states.resolved("join");
    }

    @Override
    public String initial() {
      return "";
    }

    @Override
    public String evolve(String before, VersionNode node) {
      return before
          + EventsBlob.decode(events.get(node.dot())).stream()
              .map(event -> new String(event.data(), StandardCharsets.UTF_8))
              .collect(Collectors.joining());
    }

    @Override
    public String resolve(String resolverId, List<LiveVersion<String>> versions, String base) {
      if (!joins) {
        return versions.get(versions.size() - 1).state();
      }
      return versions.stream()
          .map(LiveVersion::state)
          .collect(Collectors.joining("|", "(" + base + ":", ")"));
    }
  }
}
