package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.Shards;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** A shard is a key group: our function and Flink's agree on every key. */
class ShardIsKeyGroupTest {

  @Property
  void everyKeyIsInTheSame(@ForAll String key, @ForAll @IntRange(min = 1, max = 32_768) int count) {
    assertThat(Shards.shardOf(key, count))
        .isEqualTo(KeyGroupRangeAssignment.assignToKeyGroup(key, count));
  }
}
