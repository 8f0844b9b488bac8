package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.wire.blob.CausalityBlob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits for its cause was not seen: no commit of this region may say that it was. */
class HeldClocksTest {

  private static final List<String> ALL = List.of("a", "b", "c");
  private static final List<String> AGGREGATES = List.of("Auto/1", "Set/1");
  private static final Batching ONE_BY_ONE = new Batching(1, 1, 1 << 20, 200, 1 << 24);

  private final List<RegionHarness> regions = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (var region : regions) {
      region.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aCommitClaimsWhatStandsBeforeItInTheLogAndNothingElse(int seed) throws Exception {
    var random = new Random(seed);
    var a = region("a");
    var b = region("b");
    var c = region("c");
    for (var i = 1; i <= 3; i++) {
      for (var aggregate : AGGREGATES) {
        a.handle(aggregate, "a" + i, "add a" + i);
        c.receiveAll(a);
        c.handle(aggregate, "c" + i, "add c" + i);
        a.receiveAll(c);
      }
    }
    // Each commit depends on all before it, and almost all come too early.
    var records = new ArrayList<>(a.commits());
    Collections.shuffle(records, random);

    for (var i = 0; i < records.size(); i++) {
      var record = records.get(i);
      b.receive(record, "a");
      restart(b, random);
      var aggregate = record.outcome().aggregate().toString();
      assertThat(b.handle(aggregate, "b" + i, "add b" + i).status())
          .isEqualTo(ReplyStatus.ACCEPTED);
      restart(b, random);
    }
    b.operator().settle();

    assertThat(new HashSet<>(b.dots())).containsAll(a.dots());
    assertClocks(b);
  }

  private static void restart(RegionHarness b, Random random) throws Exception {
    switch (random.nextInt(3)) {
      case 0 -> {
        b.operator().settle();
        b.operator().checkpoint();
        b.operator().crash();
      }
      case 1 -> {
        b.operator().checkpoint();
        b.operator().crash();
      }
      default -> b.operator().crash();
    }
  }

  /** By sets of dots of its own, not by the vectors that the product keeps. */
  private static void assertClocks(RegionHarness b) {
    Map<String, Set<Dot>> seen = new HashMap<>();
    Map<String, Long> times = new HashMap<>();
    for (var row : b.commits()) {
      var aggregate = row.outcome().aggregate().toString();
      var before = seen.computeIfAbsent(aggregate, none -> new HashSet<>());
      var dot = row.outcome().dot();
      var hlc = row.outcome().stamp().hlc();
      if (dot.origin().equals(new RegionId("b"))) {
        assertThat(claimed(row)).as("what %s says it has seen", dot).isEqualTo(before);
        assertThat(hlc).as("time of %s", dot).isGreaterThan(times.getOrDefault(aggregate, 0L));
      }
      before.add(dot);
      times.merge(aggregate, hlc, Math::max);
    }
  }

  private static Set<Dot> claimed(LogRow row) {
    VectorTime context = CausalityBlob.decode(row.outcome().blobs().causality()).context();
    var dots = new HashSet<Dot>();
    for (var region : ALL) {
      var origin = new RegionId(region);
      for (var n = 1L; n <= context.get(origin); n++) {
        dots.add(new Dot(origin, n));
      }
    }
    return dots;
  }

  private RegionHarness region(String name) throws Exception {
    var region = new RegionHarness(name, ALL, "a", ONE_BY_ONE, Duration.ofSeconds(20));
    regions.add(region);
    return region;
  }
}
