package dev.anabranch.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Year;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HybridLogicalClockTest {

  @ParameterizedTest(name = "{0}: ({1},{2}) at {3} -> ({4},{5})")
  @CsvSource({
    "HL-1, 10, 0, 11, 11, 0",
    "HL-1, 10, 0, 10, 10, 1",
    "HL-1, 10, 3, 9, 10, 4",
    "HL-1, 10, 3, 12, 12, 0",
    "HL-4, 10, 65535, 10, 11, 0",
    "HL-4, 10, 65535, 9, 11, 0",
    "HL-4, 10, 65535, 12, 12, 0",
    "none, 0, 0, -5, 0, 1",
  })
  void ticks(String id, long lastMillis, int lastCounter, long now, long millis, int counter) {
    var ticked = HybridLogicalClock.tick(now, HybridLogicalClock.of(lastMillis, lastCounter));

    assertThat(HybridLogicalClock.millis(ticked)).isEqualTo(millis);
    assertThat(HybridLogicalClock.counter(ticked)).isEqualTo(counter);
  }

  @ParameterizedTest(name = "HL-3: ({0},{1}) = {2}")
  @CsvSource({"1, 0, 65536", "1, 1, 65537", "1700000000000, 65535, 111411200000065535"})
  void isOneLong(long millis, int counter, long hlc) {
    assertThat(HybridLogicalClock.of(millis, counter)).isEqualTo(hlc);
  }

  @ParameterizedTest(name = "HL-4: {0} ms ahead")
  @CsvSource({"-5000, false", "0, false", "60000, false", "60001, true", "86400000, true"})
  void quarantinesWhatIsTooFarAhead(long aheadMillis, boolean quarantined) {
    var now = 1_700_000_000_000L;
    var last = HybridLogicalClock.of(now - 10, 3);
    var remote = HybridLogicalClock.of(now + aheadMillis, 1);

    var received = HybridLogicalClock.receive(now, last, remote, 60_000);

    assertThat(received.quarantined()).isEqualTo(quarantined);
    assertThat(received.aheadMillis()).isEqualTo(aheadMillis);
    assertThat(received.last())
        .as("moved only by what is accepted")
        .isEqualTo(quarantined ? last : Math.max(last, remote));
  }

  @Test
  void isLaterThanWhatItReceived() {
    var remote = HybridLogicalClock.of(1_000, HybridLogicalClock.MAX_COUNTER);

    var last = HybridLogicalClock.receive(500, 0, remote, 60_000).last();

    assertThat(HybridLogicalClock.tick(500, last)).isEqualTo(HybridLogicalClock.of(1_001, 0));
  }

  @ParameterizedTest(name = "persisted {0} ms, now {1} ms")
  @CsvSource({"1000, 900, 1000", "1000, 1100, 1100", "0, -5, 0"})
  void isNeverRestoredBehindItsPast(long persisted, long now, long millis) {
    var restored = HybridLogicalClock.restore(HybridLogicalClock.of(persisted, 0), now);

    assertThat(HybridLogicalClock.millis(restored)).isEqualTo(millis);
  }

  @Test
  void staysPositiveUntilTheYear6429() {
    var lastSecond = Year.of(6428).atMonth(12).atEndOfMonth().atTime(23, 59, 59);

    assertThat(HybridLogicalClock.of(lastSecond.toInstant(ZoneOffset.UTC).toEpochMilli(), 65_535))
        .isPositive();
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> HybridLogicalClock.of(-1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HybridLogicalClock.of(0, 65_536))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HybridLogicalClock.tick(Long.MAX_VALUE, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HybridLogicalClock.tick(0, Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void isAlwaysLaterThanBeforeAndNeverBehindTheWallClock(
      @ForAll @LongRange(min = 0, max = HybridLogicalClock.MAX_MILLIS) long now,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE - 1) long last) {
    var ticked = HybridLogicalClock.tick(now, last);

    assertThat(ticked).isGreaterThan(last);
    assertThat(HybridLogicalClock.millis(ticked)).isGreaterThanOrEqualTo(now);
    assertThat(
            HybridLogicalClock.of(
                HybridLogicalClock.millis(ticked), HybridLogicalClock.counter(ticked)))
        .isEqualTo(ticked);
  }
}
