package dev.anabranch.operators.command.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.stored.ShardRecord;
import org.junit.jupiter.api.Test;

class ShardClocksTest {

  @Test
  void aShardsClockIsTheGreatestOfItsRowsAlsoAfterARestart() {
    var cursor = new ShardCursor(3);
    cursor.advance(row(0, 70));
    cursor.advance(row(1, 50));

    assertThat(cursor.lastHlc()).isEqualTo(50);
    assertThat(cursor.greatestHlc()).isEqualTo(70);

    var record = cursor.toRecord("store");
    assertThat(record).isEqualTo(new ShardRecord("store", 2, 7, 50));
    var restored = new ShardCursor(3, record, 70);
    assertThat(restored.headHlc()).isEqualTo(70);
    restored.advance(row(2, 60));
    assertThat(restored.greatestHlc()).isEqualTo(70);
    assertThat(new ShardCursor(3, record, 0).headHlc()).isEqualTo(50);
  }

  @Test
  void aClockIsStoredInNineBytes() {
    var bytes = ShardClocks.encode(0x0102_0304_0506_0708L);

    assertThat(bytes).containsExactly(1, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(ShardClocks.decode(bytes)).isEqualTo(0x0102_0304_0506_0708L);
    bytes[0] = 2;
    assertThatThrownBy(() -> ShardClocks.decode(bytes)).hasMessageContaining("format 1");
  }

  private static LogRow row(long offset, long hlc) {
    return new Outcome(
            RowKind.REJECTED,
            AggregateKey.parse("Note/1"),
            Outcome.NO_VERSION,
            "c" + offset,
            "",
            null,
            new Stamp(7, hlc, 0),
            new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))
        .at(3, offset);
  }
}
