package dev.anabranch.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class LongSetTest {

  @Property(tries = 100)
  void knowsWhatAHashSetKnows(@ForAll @Size(max = 2_000) List<Long> values) {
    var expected = new HashSet<Long>();
    var set = new LongSet();

    for (var value : values) {
      assertThat(set.add(value)).isEqualTo(expected.add(value));
    }
    for (var value : values) {
      assertThat(set.add(value)).isFalse();
    }
  }

  @Property(tries = 50)
  void valuesThatShareASlotAreToldApart(@ForAll("low") int low) {
    var set = new LongSet();

    for (var high = 0L; high < 500; high++) {
      assertThat(set.add((high << 32) | low)).isTrue();
    }
    assertThat(set.add((77L << 32) | low)).isFalse();
  }

  @Provide
  Arbitrary<Integer> low() {
    return Arbitraries.integers().between(0, 1_000);
  }
}
