package dev.anabranch.operators.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.history.Commit;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.cache.CachedValue;
import dev.anabranch.operators.history.EntriesInState.Form;
import dev.anabranch.operators.replication.replica.TestRegion;
import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.GraphBlob;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Graph and states of two regions that commit, meet, and repeat each other's commands: as keyed
 * state has them, and with rows in a layer, they are those of a graph on the heap.
 */
class GraphInStateTest {

  private static final String AGGREGATE = "Auto/1";

  private enum Kind {
    COMMIT,
    REPEAT,
    MEET,
    CHOOSE
  }

  private record Step(Kind kind, boolean atA) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Kind.class), Arbitraries.of(true, false))
        .as(Step::new)
        .list()
        .ofMaxSize(24);
  }

  @Property(tries = 300)
  void itIsTheGraphThatItStandsFor(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 0, max = 24) int committed) {
    var nodes = nodes(steps);
    var stored = new StoredHistory();
    var graph = stored.open();
    for (var i = 0; i < nodes.size(); i++) {
      graph.states.add(nodes.get(i));
      graph.write();
      requireSame(graph.states, nodes.subList(0, i + 1));
      if (i == committed) {
        graph = stored.open();
        requireSame(graph.states, nodes.subList(0, i + 1));
      }
    }
  }

  @Property(tries = 300)
  void aLayerIsTheGraphWithItsRowsAndStaysSoWhileTheyAreCommittedBeneath(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 0, max = 24) int committed) {
    var nodes = nodes(steps);
    var first = Math.min(committed, nodes.size());
    var graph = new StoredHistory().open();
    for (var node : nodes.subList(0, first)) {
      graph.states.add(node);
      graph.write();
    }
    var layer =
        new VersionStates<>(
            new VersionGraph(graph.entries.layer()), new Join(), graph.snapshots.layer());
    for (var i = first; i < nodes.size(); i++) {
      layer.add(nodes.get(i));
      requireSame(layer, nodes.subList(0, i + 1));
    }
    requireSame(graph.states, nodes.subList(0, first));
    for (var i = first; i < nodes.size(); i++) {
      graph.states.add(nodes.get(i));
      graph.write();
      requireSame(graph.states, nodes.subList(0, i + 1));
      requireSame(layer, nodes);
    }
  }

  @Test
  void whereOneOfTwoCommitsOfACommandIsDroppedTheOtherIsStillFound() {
    var stored = new StoredHistory();
    var graph = stored.open().entries;
    graph.index("c", Dot.parse("a:1"));
    graph.index("c", Dot.parse("b:1"));
    graph.writeBack();

    graph = stored.open().entries;
    graph.removeFromIndex("c", Dot.parse("a:1"));
    graph.writeBack();

    graph = stored.open().entries;
    assertThat(graph.ofCommand("c")).containsExactly(Dot.parse("b:1"));
    graph.removeFromIndex("c", Dot.parse("b:1"));
    graph.writeBack();
    assertThat(stored.open().entries.ofCommand("c")).isEmpty();
  }

  private static void requireSame(VersionStates<String> found, List<VersionNode> nodes) {
    var expected =
        new VersionStates<>(
            new VersionGraph(new GraphEntriesInMemory()),
            new Join(),
            new VersionSnapshotsInMemory<>());
    nodes.forEach(expected::add);
    assertThat(found.live()).isEqualTo(expected.live());
    assertThat(found.resolved("join")).isEqualTo(expected.resolved("join"));
    assertThat(found.graph().voided()).isEqualTo(expected.graph().voided());
    for (var node : nodes) {
      assertThat(found.graph().find(node.dot())).isEqualTo(expected.graph().find(node.dot()));
    }
  }

  /** What region a has, in the order of its log. */
  private static List<VersionNode> nodes(List<Step> steps) {
    var a = new TestRegion("a", 1);
    var b = new TestRegion("b", 1);
    var taken = new HashMap<TestRegion, Integer>();
    for (var i = 0; i < steps.size(); i++) {
      var region = steps.get(i).atA() ? a : b;
      var other = steps.get(i).atA() ? b : a;
      switch (steps.get(i).kind()) {
        case COMMIT -> region.commit(AGGREGATE, "c" + i, "e" + i);
        case REPEAT -> repeat(region);
        case MEET -> meet(region, other, taken);
        case CHOOSE -> choose(region);
        default -> throw new AssertionError(steps.get(i));
      }
    }
    meet(a, b, taken);
    return a.log().stream().map(row -> Commit.of(row.outcome()).node()).toList();
  }

  private static void meet(TestRegion region, TestRegion other, Map<TestRegion, Integer> taken) {
    var log = List.copyOf(other.log());
    for (var row : log.subList(taken.getOrDefault(region, 0), log.size())) {
      var seen =
          region.log().stream()
              .anyMatch(own -> own.outcome().commitDot().equals(row.outcome().commitDot()));
      if (!seen) {
        region.take(row);
      }
    }
    taken.put(region, log.size());
  }

  /** A command that the other region may have accepted too, or may accept still. */
  private static void repeat(TestRegion region) {
    var n = 0;
    while (hasCommand(region, "repeated-" + n)) {
      n++;
    }
    region.commit(AGGREGATE, "repeated-" + n, "r" + n);
  }

  private static boolean hasCommand(TestRegion region, String commandId) {
    return region.log().stream().anyMatch(row -> commandId.equals(row.outcome().commandId()));
  }

  private static void choose(TestRegion region) {
    var graph = new VersionGraph(new GraphEntriesInMemory());
    region.log().forEach(row -> graph.add(Commit.of(row.outcome()).node()));
    var live = graph.live().stream().map(place -> place.dot().toString()).toList();
    if (live.size() > 1) {
      region.resolve(AGGREGATE, live.get(0), live.subList(1, live.size()).toArray(new String[0]));
    }
  }

  /** Joins what the commits are. */
  private static final class Join implements VersionFolding<String> {
    @Override
    public String initial() {
      return "";
    }

    @Override
    public String evolve(String before, VersionNode node) {
      return before + " " + node.dot();
    }

    @Override
    public String resolve(String resolverId, List<LiveVersion<String>> versions, String base) {
      return versions.stream()
          .map(LiveVersion::state)
          .collect(Collectors.joining("|", "(" + base + ":", ")"));
    }
  }

  /** What is stored of one aggregate. */
  private static final class StoredHistory {
    private final Bytes entries = new Bytes();
    private final Bytes commands = new Bytes();
    private final Bytes states = new Bytes();
    private final Summary summary = new Summary();

    Opened open() {
      var layout =
          new GraphInState.Layout(
              summary,
              new EntriesInState<>(entries, Form.byDot(GraphBlob::decode, GraphBlob::encode)),
              new EntriesInState<>(
                  commands, Form.byText(GraphBlob::decodeDots, GraphBlob::encode)));
      return new Opened(layout, states);
    }
  }

  /** The same on the heap; only two entries stay there, so that most are read again. */
  private static final class Opened {
    private final GraphInState entries;
    private final CachedMap<Dot, Snapshot<String>> kept;
    private final StatesInState<String> snapshots;
    private final VersionStates<String> states;

    Opened(GraphInState.Layout layout, Bytes stored) {
      entries = new GraphInState(layout, 2, fixed -> {}, removed -> {});
      Form<Dot, Snapshot<String>, byte[]> form = Form.byDot(Snapshot::read, Snapshot::toBlob);
      kept = new CachedMap<>(new EntriesInState<>(stored, form), entries::isSmall);
      snapshots = new StatesInState<>(kept, new Text());
      states = new VersionStates<>(new VersionGraph(entries), new Join(), snapshots);
    }

    void write() {
      entries.writeBack();
      kept.writeBack();
      kept.trim(2, entries::isLive);
    }
  }

  private record Text() implements StateForm<String> {
    @Override
    public EncodedMessage encode(String state) {
      return new EncodedMessage("text", 1, state.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String decode(byte[] blob) {
      return new String(EventsBlob.decode(blob).get(0).data(), StandardCharsets.UTF_8);
    }
  }

  private static final class Summary implements CachedValue.Backing<GraphSummary> {
    private @Nullable GraphSummary stored;

    @Override
    public @Nullable GraphSummary read() {
      return stored;
    }

    @Override
    public void write(@Nullable GraphSummary value) {
      stored = value;
    }
  }

  private static final class Bytes implements NamedEntries<byte[]> {
    private final Map<String, byte[]> stored = new TreeMap<>();

    @Override
    public byte @Nullable [] get(String name) {
      return stored.get(name);
    }

    @Override
    public void put(String name, byte[] value) {
      stored.put(name, value);
    }

    @Override
    public void remove(String name) {
      stored.remove(name);
    }

    @Override
    public void forEach(BiConsumer<String, byte[]> action) {
      stored.forEach(action);
    }

    @Override
    public void clear() {
      stored.clear();
    }
  }
}
