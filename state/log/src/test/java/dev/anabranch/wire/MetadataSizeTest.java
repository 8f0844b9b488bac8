package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.wire.blob.CausalityBlob;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What causality costs: bytes of each commit whose aggregate all regions have changed a thousand
 * times, with names of two letters. The table in docs/internals/replication.md has these figures.
 */
class MetadataSizeTest {

  private static final long NOW_MILLIS = 1_764_000_000_000L;

  @ParameterizedTest
  @CsvSource({"1, 7, 19", "2, 12, 35", "6, 32, 91", "16, 82, 231"})
  void contextAndCausalityOfACommitAreSmall(int regions, int contextBytes, int causalityBytes) {
    var context = new TreeMap<RegionId, Long>();
    var dependencies = new TreeMap<RegionId, Long>();
    for (var i = 0; i < regions; i++) {
      var region = new RegionId("r" + (char) ('a' + i));
      context.put(region, 1_000L + i);
      dependencies.put(region, HybridLogicalClock.of(NOW_MILLIS - i * 7_000L, i));
    }
    var parents = List.of(new Dot(new RegionId("ra"), 1_000));
    var seen = VectorTime.of(context);
    var causality = new Causality(seen, parents, VectorTime.of(dependencies), "");

    assertThat(seen.encode()).hasSize(contextBytes);
    assertThat(CausalityBlob.encode(causality)).hasSize(causalityBytes);
  }
}
