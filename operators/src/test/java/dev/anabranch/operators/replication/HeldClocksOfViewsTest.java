package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What waits for its cause is in no view, and whoever asks for it does not say that it has it. */
class HeldClocksOfViewsTest {

  @ParameterizedTest
  @CsvSource({"Auto/1, 1", "Auto/1, 2", "Marks/1, 3", "Hand/1, 4", "Home/1, 5"})
  void viewsAndRequestsClaimWhatWasLetPassAndNothingElse(String aggregate, int seed)
      throws Exception {
    var random = new Random(seed);
    var a = new TestRegion("a", ReplicationHarness.SHARDS);
    var b = new TestRegion("b", ReplicationHarness.SHARDS);
    var c = new TestRegion("c", ReplicationHarness.SHARDS);
    var rows = new ArrayList<PublishedRow>();
    for (var i = 1; i <= 4; i++) {
      var first = b.commit(aggregate, "b" + i, "b");
      c.take(first.row());
      rows.add(first);
      var second = c.commit(aggregate, "c" + i, "e");
      b.take(second.row());
      rows.add(second);
    }
    Collections.shuffle(rows, random);
    try (var store = new StoreOfA();
        var harness = new ReplicationHarness(store.factory())) {
      var had = new HashSet<Dot>();
      var let = 0;
      for (var row : rows) {
        harness.process(row);
        harness.settle();
        if (random.nextBoolean()) {
          harness.pass(Duration.ofSeconds(6));
        }
        harness.crashAndRestore();
        // What was let pass comes back in the own log at times; an own commit is made on it.
        for (; let < harness.inbound().size(); let++) {
          var passed = harness.inbound().get(let);
          had.add(passed.row().outcome().commitDot());
          if (!aggregate.startsWith("Home")) {
            harness.process(a.take(passed.row()));
            var own = a.commit(aggregate, "a" + let, "g");
            had.add(own.row().outcome().commitDot());
            harness.process(own);
            harness.settle();
            harness.crashAndRestore();
          }
        }
        var view = harness.view(aggregate);
        if (view != null) {
          assertThat(dots(view.revision())).as("what the view shows").isEqualTo(had);
        }
        for (var request : harness.requests()) {
          assertThat(had).as("what is asked behind").containsAll(dots(request.applied()));
        }
      }
      assertThat(had).hasSize(aggregate.startsWith("Home") ? 8 : 16);
    }
  }

  private static Set<Dot> dots(VectorTime time) {
    var dots = new HashSet<Dot>();
    for (var region : List.of("a", "b", "c")) {
      var origin = new RegionId(region);
      for (var n = 1L; n <= time.get(origin); n++) {
        dots.add(new Dot(origin, n));
      }
    }
    return dots;
  }
}
