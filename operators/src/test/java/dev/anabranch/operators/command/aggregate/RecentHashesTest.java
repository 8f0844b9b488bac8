package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentHashesTest {

  private static final int CAPACITY = 1_000;

  private final RecentHashes recent = new RecentHashes(CAPACITY);

  @Test
  void knowsWhatWasAddedLast() {
    for (var hash : new int[] {1, -1, 42, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(recent.contains(hash)).as("%d before", hash).isFalse();
      recent.add(hash);
      assertThat(recent.contains(hash)).as("%d after", hash).isTrue();
    }
  }

  @Test
  void remembersMostOfItsCapacityAndNoMore() {
    IntStream.range(0, 10 * CAPACITY).forEach(i -> recent.add(("account-" + i).hashCode()));

    var late =
        IntStream.range(9 * CAPACITY, 10 * CAPACITY)
            .filter(i -> recent.contains(("account-" + i).hashCode()))
            .count();
    var known =
        IntStream.range(0, 10 * CAPACITY)
            .filter(i -> recent.contains(("account-" + i).hashCode()))
            .count();
    assertThat(late).isGreaterThan(CAPACITY / 2);
    assertThat(known).isLessThanOrEqualTo(1_024);
  }

  @Test
  void theSmallestHasRoomForOne() {
    var smallest = new RecentHashes(1);
    smallest.add(7);

    assertThat(smallest.contains(7)).isTrue();
  }
}
