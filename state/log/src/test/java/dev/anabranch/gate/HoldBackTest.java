package dev.anabranch.gate;

import static dev.anabranch.gate.CausalGateTest.arrival;
import static dev.anabranch.gate.CausalGateTest.dot;
import static dev.anabranch.gate.CausalGateTest.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HoldBackTest {

  private final GateEntriesInMemory entries = new GateEntriesInMemory();
  private final HoldBack gate =
      new HoldBack(new CausalGate(new RegionId("a")), VectorTime.ZERO, entries);

  @Test
  void releasesWhatWaitedForACommitRightAfterIt() {
    assertThat(offered("b2", "b1")).isEmpty();
    assertThat(offered("c1", "b2")).isEmpty();
    assertThat(entries.heldCount()).isEqualTo(2);

    assertThat(offered("b1", "")).containsExactly(dot("b1"), dot("b2"), dot("c1"));
    assertThat(gate.applied()).isEqualTo(time("b2 c1"));
    assertThat(entries.heldCount()).isZero();
  }

  @Test
  void releasesInCanonicalOrderWhatWaitedForOneCommit() {
    var late = new Arrival(dot("d1"), 9, time("b1"), false);
    var early = new Arrival(dot("e1"), 3, time("b1"), false);
    var tie = new Arrival(dot("c1"), 9, time("b1"), false);
    gate.offer(late);
    gate.offer(early);
    gate.offer(tie);

    assertThat(offered("b1", "")).containsExactly(dot("b1"), dot("e1"), dot("c1"), dot("d1"));
  }

  @Test
  void holdsACommitOnceHoweverOftenItComes() {
    offered("b2", "b1");
    offered("b2", "b1");

    assertThat(entries.heldCount()).isEqualTo(1);
    assertThat(offered("b1", "")).containsExactly(dot("b1"), dot("b2"));
    assertThat(offered("b2", "b1")).isEmpty();
  }

  @Test
  void aHeldPayloadTakesThePlaceOfItsTombstoneAndKeepsItsPlaceFromIt() {
    gate.offer(arrival("b2", "b1", true));
    gate.offer(arrival("b2", "b1", false));
    gate.offer(arrival("b2", "b1", true));

    var ready = gate.offer(arrival("b1", "", false)).ready();

    assertThat(ready).extracting(Arrival::tombstone).containsExactly(false, false);
    assertThat(entries.isHollow(dot("b2"))).isFalse();
  }

  @Test
  void aTombstoneOpensTheWayAndItsPayloadComesLater() {
    gate.offer(arrival("b2", "b1", false));

    assertThat(gate.offer(arrival("b1", "", true)).ready()).hasSize(2);
    assertThat(gate.applied()).isEqualTo(time("b2"));

    assertThat(gate.offer(arrival("b1", "", false)).verdict()).isEqualTo(new GateVerdict.Fill());
    assertThat(gate.offer(arrival("b1", "", false)).verdict())
        .isEqualTo(new GateVerdict.Duplicate(false));
    assertThat(gate.applied()).isEqualTo(time("b2"));
  }

  /** AC-8: what is lost is waited for, and not passed over. */
  @Test
  void ac8NothingPassesAHole() {
    for (var n = 2; n < 50; n++) {
      assertThat(offered("b" + n, "b" + (n - 1))).isEmpty();
    }
    assertThat(offered("b1", "")).hasSize(49);
  }

  /** CA-9, with every order of arrival. */
  @Property(tries = 200)
  void ca9ReleasesEachOnceInCausalOrderWhateverTheOrderOfArrival(@ForAll long seed) {
    var random = new Random(seed);
    var commits = new ArrayList<Arrival>();
    var seen = VectorTime.ZERO;
    for (var i = 0; i < 30; i++) {
      var origin = new RegionId(String.valueOf((char) ('b' + random.nextInt(4))));
      // The region has seen its own commits and a prefix of the others'.
      var context = seen;
      for (var at = 0; at < seen.size(); at++) {
        if (!seen.regionAt(at).equals(origin) && random.nextBoolean()) {
          context = context.with(seen.regionAt(at), seen.valueAt(at) / 2);
        }
      }
      var dot = new Dot(origin, seen.get(origin) + 1);
      commits.add(new Arrival(dot, i + 1, closed(context, commits), false));
      seen = seen.with(origin, dot.n());
    }
    var arriving = new ArrayList<>(commits);
    arriving.addAll(commits);
    Collections.shuffle(arriving, random);

    var released = new ArrayList<Arrival>();
    var own =
        new HoldBack(new CausalGate(new RegionId("a")), VectorTime.ZERO, new GateEntriesInMemory());
    arriving.forEach(arrival -> released.addAll(own.offer(arrival).ready()));

    assertThat(released).containsExactlyInAnyOrderElementsOf(commits);
    var applied = VectorTime.ZERO;
    for (var arrival : released) {
      assertThat(arrival.context().isBeforeOrEqual(applied))
          .as(arrival + " at " + applied)
          .isTrue();
      applied = applied.with(arrival.dot().origin(), arrival.dot().n());
    }
  }

  /** With all that what it covers had seen. */
  private static VectorTime closed(VectorTime context, List<Arrival> commits) {
    var closed = context;
    for (var i = commits.size() - 1; i >= 0; i--) {
      if (closed.covers(commits.get(i).dot())) {
        closed = closed.merge(commits.get(i).context());
      }
    }
    return closed;
  }

  private List<Dot> offered(String dot, String context) {
    return gate.offer(arrival(dot, context, false)).ready().stream().map(Arrival::dot).toList();
  }
}
