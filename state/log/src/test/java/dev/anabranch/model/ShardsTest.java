package dev.anabranch.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.util.MathUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pins our function to Flink's, of which {@code MathUtils.murmurHash} is the part that could
 * differ: {@code KeyGroupRangeAssignment} takes it of the key's hash, modulo the maximum
 * parallelism.
 */
class ShardsTest {

  @Property
  void isFlinksKeyGroup(@ForAll String key, @ForAll @IntRange(min = 1, max = 32_768) int shards) {
    assertThat(Shards.shardOf(key, shards))
        .isEqualTo(MathUtils.murmurHash(key.hashCode()) % shards);
  }

  @Property
  void isNeverNegative(@ForAll String key) {
    assertThat(Shards.shardOf(key, 512)).isBetween(0, 511);
  }

  @ParameterizedTest
  @CsvSource({
    "Account/1, 512, 291",
    "Account/2, 512, 224",
    "Order/1, 512, 487",
    "Account/alice, 512, 384",
    "Account/Alice, 32768, 12248",
    "'Account/a ', 512, 462",
  })
  void neverChanges(String key, int shards, int expected) {
    assertThat(Shards.shardOf(AggregateKey.parse(key), shards)).isEqualTo(expected);
  }
}
