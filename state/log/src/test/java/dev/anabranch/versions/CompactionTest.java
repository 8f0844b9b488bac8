package dev.anabranch.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.RowKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

class CompactionTest {

  private static final List<RegionId> REGIONS =
      List.of(new RegionId("a"), new RegionId("b"), new RegionId("c"));

  /** What happens next in the one history that all regions have seen all of, or nearly. */
  private enum What {
    COMMIT,
    /** Its decider had not seen the last commit. */
    FORK,
    /** Its payload was withheld. */
    TOMBSTONE,
    /** A choice of the first live branch. */
    RESOLUTION,
    /** A command that was accepted before. */
    REPEAT,
    COMPACTION
  }

  /**
   * @param behind how many of the last commits are not yet stable when it is compacted
   */
  private record Step(What what, RegionId region, int behind) {}

  /** A line is planned by a way of its own. */
  @Property
  void aLineIsCompactedLikeAnyHistory(@ForAll("histories") List<Step> steps) {
    var history = new History();
    steps.forEach(history::run);

    Statistics.label("compactions of lines").collect(history.lines > 0);
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    var lines = Arbitraries.frequency(Tuple.of(6, What.COMMIT), Tuple.of(2, What.COMPACTION));
    var any =
        Arbitraries.frequency(
            Tuple.of(12, What.COMMIT),
            Tuple.of(4, What.COMPACTION),
            Tuple.of(1, What.FORK),
            Tuple.of(1, What.TOMBSTONE),
            Tuple.of(1, What.RESOLUTION),
            Tuple.of(1, What.REPEAT));
    return Arbitraries.oneOf(steps(lines), steps(any));
  }

  private static Arbitrary<List<Step>> steps(Arbitrary<What> what) {
    return Combinators.combine(what, Arbitraries.of(REGIONS), Arbitraries.integers().between(0, 4))
        .as(Step::new)
        .list()
        .ofMaxSize(40);
  }

  private static final class History {
    private final GraphEntriesInMemory entries = new GraphEntriesInMemory();
    private final VersionGraph graph = new VersionGraph(entries);
    private final Map<Long, VectorTime> seen = new HashMap<>();
    private VectorTime now = VectorTime.ZERO;
    private long hlc;
    private int lines;

    void run(Step step) {
      if (step.what == What.COMPACTION) {
        compact(step.behind);
      } else {
        add(step);
      }
    }

    private void add(Step step) {
      var live = graph.live().stream().map(OrderedDot::dot).toList();
      var context = now;
      List<Dot> parents = live;
      if (step.what == What.FORK && hlc > 0) {
        context = seen.getOrDefault(hlc - 1, VectorTime.ZERO);
        context = context.with(step.region, now.get(step.region));
        parents = live.stream().filter(context::covers).toList();
      }
      var dot = new Dot(step.region, now.get(step.region) + 1);
      hlc++;
      graph.add(node(step.what, dot, context, parents));
      now = now.with(step.region, dot.n());
      seen.put(hlc, now);
    }

    private VersionNode node(What what, Dot dot, VectorTime context, List<Dot> parents) {
      if (what == What.RESOLUTION && parents.size() > 1) {
        var rejected = parents.subList(1, parents.size());
        return new VersionNode(
            dot,
            hlc,
            RowKind.RESOLUTION,
            context,
            List.of(),
            "",
            "command-" + hlc,
            new Resolution(parents.get(0), rejected, false, "someone", ""));
      }
      var kind = what == What.TOMBSTONE ? RowKind.TOMBSTONE : RowKind.COMMIT;
      var command = what == What.REPEAT ? "command-" + (hlc - 1) : "command-" + hlc;
      return new VersionNode(
          dot, hlc, kind, context, parents, "m", what == What.TOMBSTONE ? null : command, null);
    }

    private void compact(int behind) {
      var stable = seen.getOrDefault(Math.max(0, hlc - behind), VectorTime.ZERO);
      var plan = Compaction.plan(entries.all(), stable);
      var expected = Compaction.planAny(entries.all(), stable);

      assertThat(plan.changed()).containsExactlyInAnyOrderElementsOf(expected.changed());
      assertThat(plan.removed()).containsExactlyInAnyOrderElementsOf(expected.removed());
      assertThat(plan.unindexed()).containsExactlyInAnyOrderElementsOf(expected.unindexed());
      assertThat(plan.states()).containsExactlyInAnyOrderElementsOf(expected.states());
      assertThat(plan.open()).isEqualTo(expected.open());
      var size = StreamSupport.stream(entries.all().spliterator(), false).count();
      lines += plan.removed().size() > 2 && size == plan.removed().size() + plan.open() + 1 ? 1 : 0;
      graph.compact(plan);
    }
  }
}
