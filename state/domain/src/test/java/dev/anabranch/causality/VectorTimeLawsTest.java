package dev.anabranch.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What must hold for all vector times: they form a join semilattice. */
class VectorTimeLawsTest {

  @Property
  void mergeIsCommutativeAssociativeAndIdempotent(
      @ForAll("times") VectorTime x, @ForAll("times") VectorTime y, @ForAll("times") VectorTime z) {
    assertThat(x.merge(y)).isEqualTo(y.merge(x));
    assertThat(x.merge(y).merge(z)).isEqualTo(x.merge(y.merge(z)));
    assertThat(x.merge(x)).isEqualTo(x);
    assertThat(x.merge(VectorTime.ZERO)).isEqualTo(x);
  }

  @Property
  void mergeIsTheLeastUpperBound(
      @ForAll("times") VectorTime x, @ForAll("times") VectorTime y, @ForAll("times") VectorTime z) {
    assertThat(x.isBeforeOrEqual(x.merge(y))).isTrue();
    if (x.isBeforeOrEqual(z) && y.isBeforeOrEqual(z)) {
      assertThat(x.merge(y).isBeforeOrEqual(z)).isTrue();
    }
  }

  @Property
  void exactlyOneRelationHolds(@ForAll("times") VectorTime x, @ForAll("times") VectorTime y) {
    var relations =
        (x.equals(y) ? 1 : 0)
            + (x.isBefore(y) ? 1 : 0)
            + (x.isAfter(y) ? 1 : 0)
            + (x.isConcurrentWith(y) ? 1 : 0);

    assertThat(relations).isEqualTo(1);
  }

  @Property
  void decodesWhatItEncoded(@ForAll("largeTimes") VectorTime time) {
    assertThat(VectorTime.decode(time.encode())).isEqualTo(time);
    assertThat(VectorTime.fromToken(time.token())).isEqualTo(time);
  }

  @Property
  void refusesBytesThatItWouldNotWrite(@ForAll byte[] bytes) {
    var failure =
        catchThrowable(() -> assertThat(VectorTime.decode(bytes).encode()).isEqualTo(bytes));

    assertThat(failure)
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isNull(),
            thrown -> assertThat(thrown).isExactlyInstanceOf(IllegalArgumentException.class));
  }

  @Provide
  Arbitrary<VectorTime> times() {
    return times(Arbitraries.longs().between(0, 3));
  }

  @Provide
  Arbitrary<VectorTime> largeTimes() {
    return times(Arbitraries.longs().greaterOrEqual(0));
  }

  private static Arbitrary<VectorTime> times(Arbitrary<Long> values) {
    var regions = Arbitraries.of("a", "b", "eu-west", "us-east-1", "sixteen-chars-xx");
    return Arbitraries.maps(regions.map(RegionId::new), values).map(VectorTime::of);
  }
}
