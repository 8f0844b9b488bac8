package dev.anabranch.gate;

import static dev.anabranch.gate.CausalGateTest.dot;
import static dev.anabranch.gate.CausalGateTest.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Regions a (the own one), b and c. */
class StabilityTest {

  private static final RegionId A = new RegionId("a");
  private static final List<RegionId> ALL = List.of(A, new RegionId("b"), new RegionId("c"));

  @ParameterizedTest(name = "{0}: b has {1}, c has {2}: stable {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "ST-1 | a2 b2 c2 | a2 b2 c2 | a2 b2 c2",
        "ST-2 | a1 b1 c1 | ''       | ''",
        "ST-3 | b1 c1    | c1       | c1",
        "ST-3 | a2 b2 c1 | a1 b1 c2 | a1 b1 c1"
      })
  void isWhatAllHave(String id, String b, String c, String stable) {
    var heard = new TreeMap<RegionId, VectorTime>();
    heard.put(ALL.get(1), time(b));
    if (!c.isEmpty()) {
      heard.put(ALL.get(2), time(c));
    }
    var applied = time(b).merge(time(c)).merge(time("a9"));

    assertThat(Stability.of(heard).stable(A, applied, ALL)).isEqualTo(time(stable));
  }

  @Test
  void isHeardFromACommitsContextAndItsDot() {
    var stability = Stability.NONE.after(dot("b1"), time("a1")).after(dot("c1"), time("a2 b1"));

    assertThat(stability.stable(A, time("a2 b1 c1"), ALL)).isEqualTo(time("a1 b1"));
    assertThat(stability.after(dot("b2"), time("a2 b1 c1")).stable(A, time("a2 b2 c1"), ALL))
        .isEqualTo(time("a2 b1 c1"));
  }

  @Test
  void ofOneRegionIsAllThatWasApplied() {
    assertThat(Stability.NONE.stable(A, time("a5"), List.of(A))).isEqualTo(time("a5"));
  }

  @Test
  void aRegionThatIsNotConfiguredDoesNotCount() {
    var stability = Stability.NONE.after(dot("b1"), time("a1"));

    assertThat(stability.stable(A, time("a1 b1"), ALL.subList(0, 2))).isEqualTo(time("a1 b1"));
  }

  /**
   * So that regions which have applied the same agree; each knows more of itself than others do.
   */
  @Test
  void byWhatWasHeardAloneTheOwnRegionCountsAsTheOthersDo() {
    var stability =
        Stability.NONE
            .after(dot("a1"), time(""))
            .after(dot("b1"), time("a1"))
            .after(dot("c1"), time("a1 b1"));

    assertThat(stability.stable(ALL)).isEqualTo(time("a1"));
    assertThat(stability.stable(ALL.subList(0, 2))).isEqualTo(time("a1"));
    assertThat(stability.after(dot("a2"), time("a1 b1 c1")).stable(ALL)).isEqualTo(time("a1 b1"));
    assertThat(Stability.NONE.stable(ALL)).isEqualTo(VectorTime.ZERO);
  }
}
