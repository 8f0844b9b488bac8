package dev.anabranch.connectors.kafka.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.kafka.reader.ShardSequencer.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShardSequencerTest {

  private static final int SHARDS = 4;

  private final ShardSequencer<Long> sequencer = new ShardSequencer<>(SHARDS, 100);
  private final List<Long> applied = new ArrayList<>();

  @Test
  void anEpochGapIsHeldUntilItsRowsComeAgain() {
    LongStream.rangeClosed(0, 4).forEach(this::take);
    assertThat(take(10)).isEqualTo(Verdict.HELD);
    assertThat(take(11)).isEqualTo(Verdict.HELD);
    assertThat(sequencer.gaps()).containsExactly(new ShardSequencer.Gap(0, 5, 10, 2));

    LongStream.rangeClosed(5, 9).forEach(this::take);

    assertThat(applied).isEqualTo(LongStream.rangeClosed(0, 11).boxed().toList());
    assertThat(take(10)).isEqualTo(Verdict.REPEATED);
    assertThat(take(11)).isEqualTo(Verdict.REPEATED);
    assertThat(sequencer.gaps()).isEmpty();
    assertThat(sequencer.held()).isZero();
  }

  @Test
  void aReaderGoesOnAfterItsPosition() {
    sequencer.startAt(0, 7);

    assertThat(take(6)).isEqualTo(Verdict.REPEATED);
    assertThat(take(7)).isEqualTo(Verdict.APPLIED);
    assertThat(applied).containsExactly(7L);
  }

  @Test
  void heldRowsAreLimitedAndTheFailureNamesTheGap() {
    var small = new ShardSequencer<Long>(SHARDS, 2);
    small.accept(3, 5, 5L, applied::add);
    small.accept(3, 6, 6L, applied::add);
    small.accept(3, 6, 6L, applied::add);

    assertThatThrownBy(() -> small.accept(3, 7, 7L, applied::add))
        .isInstanceOf(SequenceGapException.class)
        .hasMessageContaining("2 rows wait")
        .hasMessageContaining("shard 3 misses offsets 0 to 4")
        .hasMessageContaining("anabranch events republish");
  }

  @Test
  void aRowWhoseApplicationFailedComesNext() {
    assertThatThrownBy(() -> sequencer.accept(0, 0, 1L, this::failOnOne)).hasMessage("no one");
    assertThat(sequencer.nextOffset(0)).isZero();

    assertThat(take(0)).isEqualTo(Verdict.APPLIED);
    assertThat(applied).containsExactly(0L);
  }

  @Test
  void aHeldRowWhoseApplicationFailedIsNotLost() {
    take(1);
    assertThatThrownBy(() -> sequencer.accept(0, 0, 0L, this::failOnOne)).hasMessage("no one");
    assertThat(sequencer.nextOffset(0)).isEqualTo(1);

    assertThat(take(1)).isEqualTo(Verdict.APPLIED);
    assertThat(take(2)).isEqualTo(Verdict.APPLIED);

    assertThat(applied).containsExactly(0L, 1L, 2L);
    assertThat(sequencer.held()).isZero();
  }

  /**
   * A topic as at-least-once delivery makes it: shards interleaved at will; within a shard, any
   * order and any number of repeats, as long as every row comes once.
   */
  @Property
  void everyRowIsAppliedOnceInOrderWhateverTheTopicRepeatsOrReorders(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int rows) {
    var random = new Random(seed);
    var topic = new ArrayList<long[]>();
    for (var shard = 0; shard < SHARDS; shard++) {
      for (long offset = 0; offset < rows; offset++) {
        var copies = 1 + random.nextInt(3);
        for (var copy = 0; copy < copies; copy++) {
          topic.add(new long[] {shard, offset});
        }
      }
    }
    Collections.shuffle(topic, random);
    var sequencer = new ShardSequencer<Long>(SHARDS, SHARDS * rows);
    Map<Integer, List<Long>> seen = new HashMap<>();

    for (var row : topic) {
      var shard = (int) row[0];
      sequencer.accept(
          shard,
          row[1],
          row[1],
          offset -> seen.computeIfAbsent(shard, s -> new ArrayList<>()).add(offset));
    }

    assertThat(seen).hasSize(SHARDS);
    assertThat(seen.values())
        .allSatisfy(
            offsets -> assertThat(offsets).isEqualTo(LongStream.range(0, rows).boxed().toList()));
    assertThat(sequencer.held()).isZero();
    assertThat(sequencer.gaps()).isEmpty();
  }

  private Verdict take(long offset) {
    return sequencer.accept(0, offset, offset, applied::add);
  }

  private void failOnOne(long offset) {
    if (offset == 1) {
      throw new IllegalStateException("no one");
    }
    applied.add(offset);
  }
}
