package dev.anabranch.connectors.mysql.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardRangesTest {

  @Test
  void rangesAndSingleShardsAreReadAndWrittenAlike() {
    var ranges = ShardRanges.parse("0-2, 7,9-10");

    assertThat(ranges.toArray()).containsExactly(0, 1, 2, 7, 9, 10);
    assertThat(ranges).hasToString("0-2,7,9-10").isEqualTo(ShardRanges.parse("7,9,10,0-2"));
  }

  @Test
  void adjacentRangesAreWrittenAsOne() {
    assertThat(ShardRanges.parse("0-3,4-7")).hasToString("0-7");
    assertThat(ShardRanges.none()).hasToString("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "1-", "-1", "5-4", "0-32768", "0-3,3", "1,1", "1;2"})
  void whatIsNoListOfDistinctShardsIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShardRanges.parse(text))
        .withMessageContaining("'" + text + "'");
  }
}
