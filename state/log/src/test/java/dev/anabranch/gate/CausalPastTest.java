package dev.anabranch.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CausalPastTest {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");

  @Test
  void ownCommitsKeepOneFrontier() {
    var first = CausalPast.NONE.afterOwn(dot(A, 1), 10, time(A, 10));
    var second = first.afterOwn(dot(A, 2), 20, first.dependenciesAt(A, 20));

    assertThat(second.applied()).isEqualTo(time(A, 2));
    assertThat(second.frontier()).containsExactly(dot(A, 2));
    assertThat(second.hlc()).isEqualTo(20);
    assertThat(second.dependencies()).isEqualTo(time(A, 20));
    assertThat(second.count(A)).isEqualTo(2);
    assertThat(second.count(B)).isZero();
  }

  @Test
  void anOwnCommitIsReadBackAsItWasMade() {
    var before = CausalPast.NONE.after(dot(B, 1), 5, VectorTime.ZERO, time(B, 5));
    var dependencies = before.dependenciesAt(A, 7);
    var made = before.afterOwn(dot(A, 1), 7, dependencies);

    assertThat(before.after(dot(A, 1), 7, before.applied(), dependencies)).isEqualTo(made);
    assertThat(dependencies).isEqualTo(VectorTime.of(Map.of(A, 7L, B, 5L)));
  }

  @Test
  void concurrentCommitsStandSideBySideUntilOneHasSeenBoth() {
    var left = CausalPast.NONE.afterOwn(dot(A, 1), 10, time(A, 10));
    var both = left.after(dot(B, 1), 8, VectorTime.ZERO, time(B, 8));

    assertThat(both.frontier()).containsExactly(dot(A, 1), dot(B, 1));
    assertThat(both.hlc()).as("a later one was applied before").isEqualTo(10);
    assertThat(both.dependencies()).isEqualTo(VectorTime.of(Map.of(A, 10L, B, 8L)));

    var sawOne = both.after(dot(B, 2), 12, time(B, 1), time(B, 12));
    assertThat(sawOne.frontier()).containsExactly(dot(A, 1), dot(B, 2));

    var merged = sawOne.after(dot(B, 3), 13, VectorTime.of(Map.of(A, 1L, B, 2L)), time(B, 13));
    assertThat(merged.frontier()).containsExactly(dot(B, 3));
  }

  @Test
  void concurrentCommitsLeaveTheSamePastInEitherOrder() {
    var left =
        CausalPast.NONE
            .after(dot(A, 1), 10, VectorTime.ZERO, time(A, 10))
            .after(dot(B, 1), 8, VectorTime.ZERO, time(B, 8));
    var right =
        CausalPast.NONE
            .after(dot(B, 1), 8, VectorTime.ZERO, time(B, 8))
            .after(dot(A, 1), 10, VectorTime.ZERO, time(A, 10));

    assertThat(left).isEqualTo(right);
    assertThat(left.frontier()).isEqualTo(List.of(dot(A, 1), dot(B, 1)));
  }

  private static Dot dot(RegionId origin, long n) {
    return new Dot(origin, n);
  }

  private static VectorTime time(RegionId region, long value) {
    return VectorTime.of(Map.of(region, value));
  }
}
