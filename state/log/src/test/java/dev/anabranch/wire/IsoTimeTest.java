package dev.anabranch.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.wire.blob.WireFormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class IsoTimeTest {

  @Property
  void writesWhatInstantWritesAndReadsItBack(@ForAll("micros") long micros) {
    var text = new String(IsoTime.format(micros), US_ASCII);

    assertThat(text).isEqualTo(Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString());
    assertThat(IsoTime.parse(text)).isEqualTo(micros);
  }

  @Property
  void readsAndRefusesWhatInstantDoes(@ForAll("texts") String text) {
    Instant expected;
    try {
      expected = Instant.parse(text);
    } catch (DateTimeException e) {
      assertThatThrownBy(() -> IsoTime.parse(text)).isInstanceOf(DateTimeException.class);
      return;
    }
    if (Math.abs(expected.getEpochSecond()) >= Long.MAX_VALUE / 1_000_000) {
      assertThatThrownBy(() -> IsoTime.parse(text)).isInstanceOf(RuntimeException.class);
      return;
    }
    if (expected.getNano() % 1_000 == 0) {
      assertThat(IsoTime.parse(text))
          .isEqualTo(expected.getEpochSecond() * 1_000_000 + expected.getNano() / 1_000);
    } else {
      assertThatThrownBy(() -> IsoTime.parse(text)).isInstanceOf(WireFormatException.class);
    }
  }

  @Example
  void readsWhatIsNotUsual() {
    assertThat(IsoTime.parse("2024-02-29T24:00:00Z"))
        .isEqualTo(IsoTime.parse("2024-03-01T00:00:00Z"));
    assertThat(IsoTime.parse("2024-02-29T12:30:00.5Z"))
        .isEqualTo(IsoTime.parse("2024-02-29T12:30:00.500000Z"));
    assertThat(IsoTime.parse("2024-02-29T12:30:00.000001000Z"))
        .isEqualTo(IsoTime.parse("2024-02-29T12:30:00.000001Z"));
    assertThatThrownBy(() -> IsoTime.parse("2024-02-29T12:30:00.0000001Z"))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("six decimals");
    assertThatThrownBy(() -> IsoTime.parse("2023-02-29T12:30:00Z"))
        .isInstanceOf(DateTimeException.class);
  }

  @Provide
  Arbitrary<Long> micros() {
    var years = Arbitraries.longs().between(-70_000_000_000_000_000L, 260_000_000_000_000_000L);
    var now = Arbitraries.longs().between(1_500_000_000_000_000L, 2_500_000_000_000_000L);
    return Arbitraries.frequencyOf(
        Tuple.of(2, years),
        Tuple.of(2, now),
        Tuple.of(1, now.map(micros -> micros / 1_000 * 1_000)),
        Tuple.of(1, now.map(micros -> micros / 1_000_000 * 1_000_000)),
        Tuple.of(1, Arbitraries.longs()));
  }

  /** Times with a character changed, added or left out. */
  @Provide
  Arbitrary<String> texts() {
    var times = micros().map(micros -> new String(IsoTime.format(micros), US_ASCII));
    var characters =
        Arbitraries.of('0', '1', '2', '3', '6', '9', '-', '+', ':', '.', 'T', 'Z', 't');
    return times.flatMap(
        time ->
            Arbitraries.integers()
                .between(0, time.length())
                .flatMap(
                    at ->
                        characters.flatMap(
                            c ->
                                Arbitraries.integers()
                                    .between(0, 2)
                                    .map(how -> edit(time, at, c, how)))));
  }

  private static String edit(String time, int at, char c, int how) {
    var rest = time.substring(Math.min(time.length(), how == 0 ? at : at + 1));
    return time.substring(0, at) + (how == 2 ? "" : String.valueOf(c)) + rest;
  }
}
