package dev.anabranch.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.replicated.LwwRegister;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the codec takes it gives back, with the same bytes, after any number of round trips; what it
 * could not give back it refuses when it is written, or when it is read.
 */
class JsonRoundTripTest {

  enum Role {
    OWNER,
    GUEST
  }

  record Sku(String code) implements Comparable<Sku> {
    @Override
    public int compareTo(Sku other) {
      return code.compareTo(other.code);
    }
  }

  record Slot(int number) implements Comparable<Slot> {
    @Override
    public int compareTo(Slot other) {
      return Integer.compare(number, other.number);
    }
  }

  record Seat(Role role) implements Comparable<Seat> {
    @Override
    public int compareTo(Seat other) {
      return role.compareTo(other.role);
    }
  }

  record Pair(String a, int b) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      return a.compareTo(other.a);
    }
  }

  record Plain(String text) {}

  record Keys(
      Map<Sku, Integer> skus,
      Map<Slot, String> slots,
      Map<Seat, String> seats,
      Map<BigDecimal, String> rates,
      Map<UUID, Boolean> ids,
      Map<Long, Map<Sku, Role>> nested) {}

  record Values(
      byte small,
      float single,
      double twice,
      BigInteger whole,
      BigDecimal exact,
      Optional<String> maybe,
      Set<Role> roles,
      List<Set<Role>> more,
      Instant at,
      byte[] blob) {}

  record OfPairs(Map<Pair, Integer> map) {}

  record OfPlains(Map<Plain, Integer> map) {}

  record Registers(LwwRegister<Optional<String>> register) {}

  record Times(Instant at, Duration took, LocalDate day, LocalDateTime local, LocalTime time) {}

  record Numbers(byte small, float single, double twice) {}

  private static <T> T roundTrips(Class<T> type, T value) {
    var codec = JsonCodec.single("T", 1, type);
    var encoded = codec.encode(value);
    var decoded = codec.decode(encoded);
    for (var i = 0; i < 3; i++) {
      var again = codec.encode(decoded);
      assertThat(text(again)).isEqualTo(text(encoded));
      decoded = codec.decode(again);
    }
    return decoded;
  }

  private static String text(EncodedMessage message) {
    return new String(message.data(), UTF_8);
  }

  private static <T> T read(Class<T> type, String json) {
    return JsonCodec.single("T", 1, type).decode(new EncodedMessage("T", 1, json.getBytes(UTF_8)));
  }

  @Property(tries = 500)
  void mapsKeepEveryKey(@ForAll("keys") Keys keys) {
    assertThat(roundTrips(Keys.class, keys)).isEqualTo(keys);
  }

  @Provide
  Arbitrary<Keys> keys() {
    var texts = Arbitraries.strings().ofMaxLength(8);
    var skus = texts.map(Sku::new);
    return Combinators.combine(
            Arbitraries.maps(skus, Arbitraries.integers()).ofMaxSize(5),
            Arbitraries.maps(Arbitraries.integers().map(Slot::new), texts).ofMaxSize(5),
            Arbitraries.maps(Arbitraries.of(Role.class).map(Seat::new), texts).ofMaxSize(2),
            Arbitraries.maps(decimals(), texts).ofMaxSize(6),
            Arbitraries.maps(
                    Arbitraries.longs().map(n -> new UUID(n, ~n)), Arbitraries.of(true, false))
                .ofMaxSize(5),
            Arbitraries.maps(
                    Arbitraries.longs(),
                    Arbitraries.maps(skus, Arbitraries.of(Role.class)).ofMaxSize(3))
                .ofMaxSize(3))
        .as(Keys::new);
  }

  /** Many that compare as equal and are not. */
  private static Arbitrary<BigDecimal> decimals() {
    return Arbitraries.integers()
        .between(-3, 3)
        .flatMap(
            n ->
                Arbitraries.integers()
                    .between(-2, 2)
                    .map(scale -> new BigDecimal(n).setScale(Math.max(scale, 0))));
  }

  @Property(tries = 500)
  void valuesComeBackAsTheyWere(@ForAll("values") Values values) {
    var back = roundTrips(Values.class, values);

    assertThat(back).usingRecursiveComparison().isEqualTo(values);
  }

  @Provide
  Arbitrary<Values> values() {
    var roles =
        Arbitraries.subsetOf(Role.class.getEnumConstants())
            .map(
                some -> {
                  var set = EnumSet.noneOf(Role.class);
                  set.addAll(some);
                  return (Set<Role>) set;
                });
    var numbers =
        Combinators.combine(
                Arbitraries.bytes(),
                Arbitraries.floats(),
                Arbitraries.doubles(),
                Arbitraries.bigIntegers(),
                Arbitraries.bigDecimals())
            .as(
                (b, f, d, i, e) ->
                    new Values(
                        b,
                        f,
                        d,
                        i,
                        e,
                        Optional.empty(),
                        Set.of(),
                        List.of(),
                        Instant.EPOCH,
                        new byte[0]));
    return Combinators.combine(
            numbers,
            Arbitraries.strings().ofMaxLength(10).optional(),
            roles,
            roles.list().ofMaxSize(3),
            Arbitraries.longs()
                .between(-1L << 40, 1L << 40)
                .map(n -> Instant.ofEpochSecond(n, Math.floorMod(n, 1_000_000_000))),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(10))
        .as(
            (n, maybe, some, more, at, blob) ->
                new Values(
                    n.small, n.single, n.twice, n.whole, n.exact, maybe, some, more, at, blob));
  }

  @Test
  void keysThatCompareAsEqualBothStay() {
    var rates = new LinkedHashMap<BigDecimal, String>();
    rates.put(new BigDecimal("7.0"), "y");
    rates.put(new BigDecimal("7"), "x");
    var other = new LinkedHashMap<BigDecimal, String>();
    other.put(new BigDecimal("7"), "x");
    other.put(new BigDecimal("7.0"), "y");

    assertThat(text(JsonCodec.single("T", 1, Keys.class).encode(keys(rates))))
        .contains("{\"7\":\"x\",\"7.0\":\"y\"}")
        .isEqualTo(text(JsonCodec.single("T", 1, Keys.class).encode(keys(other))));
  }

  private static Keys keys(Map<BigDecimal, String> rates) {
    return new Keys(Map.of(), Map.of(), Map.of(), rates, Map.of(), Map.of());
  }

  @Test
  void aRecordOfOneTextIsAKeyAsItsText() {
    var keys = new Keys(Map.of(new Sku("A1"), 3), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

    assertThat(text(JsonCodec.single("T", 1, Keys.class).encode(keys)))
        .contains("\"skus\":{\"A1\":3}");
  }

  @Test
  void keysThatCannotBeReadAgainAreRefusedByName() {
    assertThatThrownBy(() -> roundTrips(OfPairs.class, new OfPairs(Map.of(new Pair("a", 1), 1))))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("a Pair can't be the key of a map")
        .hasMessageContaining("map");
    var plains = new HashMap<Plain, Integer>();
    plains.put(new Plain("a"), 1);
    plains.put(new Plain("b"), 1);
    assertThatThrownBy(() -> roundTrips(OfPlains.class, new OfPlains(plains)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("natural order");
  }

  @Test
  void numbersThatCannotBeReadAgainAreRefusedWhenTheyAreWritten() {
    record Big(BigInteger whole, BigDecimal exact) {}
    var fine = new Big(BigInteger.TEN.pow(900).negate(), new BigDecimal("1E+100000000"));
    assertThat(roundTrips(Big.class, fine)).isEqualTo(fine);

    for (var big :
        List.of(
            new Big(BigInteger.TEN.pow(1200), BigDecimal.ONE),
            new Big(BigInteger.ONE, new BigDecimal(BigInteger.TEN.pow(1200), 3)),
            new Big(BigInteger.ONE, new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE)))) {
      assertThatThrownBy(() -> JsonCodec.single("T", 1, Big.class).encode(big))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining("can't be read")
          .hasMessageContaining(big.whole.equals(BigInteger.ONE) ? "(at exact" : "(at whole");
    }
  }

  @Test
  void aLongKeyIsReadAgain() {
    var keys =
        new Keys(
            Map.of(new Sku("x".repeat(60_000)), 1),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of());

    assertThat(roundTrips(Keys.class, keys)).isEqualTo(keys);
  }

  @Test
  void anEmptyOptionalInARegisterIsReadAgain() {
    assertThat(read(Registers.class, "{\"register\":[[\"a:1\",5,null]]}").register().value())
        .contains(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | 1 | 1",
        "255 | 1 | 1",
        "-129 | 1 | 1",
        "1 | 1e39 | 1",
        "1 | 1e300 | 1",
        "1 | 1 | 1e400",
        "1 | 1 | -1e400",
      })
  void numbersOutOfRangeAreRefused(String small, String single, String twice) {
    var json = "{\"small\":%s,\"single\":%s,\"twice\":%s}".formatted(small, single, twice);

    assertThatThrownBy(() -> read(Numbers.class, json))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("(at ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "at | 1e100000000",
        "at | 1700000000000",
        "at | 1700000000",
        "at | \"1700000000\"",
        "at | \"\"",
        "took | 5",
        "took | 1e100000000",
        "day | \"2024-01-15T23:30:00Z\"",
        "day | [2024,1,15]",
        "day | 19000",
        "local | \"2024-01-15T23:30:00Z\"",
        "time | \"2024-01-15T10:00\"",
      })
  void timesThatAreNoTimesAreRefused(String component, String json) {
    var all = new LinkedHashMap<String, String>();
    all.put("at", "\"2024-01-15T10:00:00Z\"");
    all.put("took", "\"PT5S\"");
    all.put("day", "\"2024-01-15\"");
    all.put("local", "\"2024-01-15T10:00:00\"");
    all.put("time", "\"10:00:00\"");
    assertThat(read(Times.class, object(all)).day()).isEqualTo("2024-01-15");
    all.put(component, json);

    assertThatThrownBy(() -> read(Times.class, object(all)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("(at " + component);
  }

  private static String object(Map<String, String> members) {
    var text = new StringBuilder("{");
    members.forEach(
        (name, value) ->
            text.append(text.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(value));
    return text.append('}').toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-1e400"})
  void anOptionalNumberOutOfRangeIsRefused(String number) {
    record Maybe(OptionalDouble twice) {}
    for (var fine : List.of("1e300", "\"Infinity\"", "null")) {
      assertThat(read(Maybe.class, "{\"twice\":%s}".formatted(fine)).twice()).isNotNull();
    }

    assertThatThrownBy(() -> read(Maybe.class, "{\"twice\":%s}".formatted(number)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("out of the range")
        .hasMessageContaining("(at twice");
  }

  /** Two texts of one key would be one entry, and the other's value lost. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"whole\":{\"1\":\"a\",\"01\":\"b\"},\"ids\":{}}",
        "{\"whole\":{\"+1\":\"a\"},\"ids\":{}}",
        "{\"whole\":{\"x\":\"a\"},\"ids\":{}}",
        "{\"whole\":{},\"ids\":{\"0000000A-0000-0000-0000-000000000000\":\"a\"}}",
        "{\"whole\":{},\"ids\":{\"a-0-0-0-0\":\"a\"}}",
      })
  void aKeyThatIsWrittenOtherwiseIsRefused(String json) {
    record Maps(Map<Long, String> whole, Map<UUID, String> ids) {}
    var fine =
        "{\"whole\":{\"-1\":\"a\"},\"ids\":{\"0000000a-0000-0000-0000-000000000000\":\"a\"}}";
    assertThat(read(Maps.class, fine).ids()).hasSize(1);

    assertThatThrownBy(() -> read(Maps.class, json))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("(at ");
  }

  record KeyTexts(
      Map<Double, String> wide,
      Map<Float, String> narrow,
      Map<Byte, String> small,
      Map<Duration, String> spans,
      Map<LocalTime, String> times) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"wide\":{\"1\":\"a\",\"1.0\":\"b\"}}",
        "{\"wide\":{\"2\":\"a\",\"1\":\"b\",\"10e-1\":\"c\"}}",
        "{\"narrow\":{\"1\":\"a\",\"1.0\":\"b\"}}",
        "{\"small\":{\"1\":\"a\",\"01\":\"b\"}}",
        "{\"spans\":{\"PT60S\":\"a\",\"PT1M\":\"b\"}}",
        "{\"times\":{\"10:00\":\"a\",\"10:00:00\":\"b\"}}",
      })
  void twoTextsOfOneKeyAreRefused(String json) {
    assertThatThrownBy(() -> read(KeyTexts.class, json))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("an earlier key is the same")
        .hasMessageContaining("(at ");
  }

  /** Each map begins anew, also where the parser uses one object for several. */
  @Test
  void oneKeyInSeveralMapsIsFine() {
    record Nested(Map<Double, Map<Double, Double>> maps) {}
    var json = "{\"maps\":{\"1\":{\"1\":1.0,\"2\":1.0},\"2\":{\"1\":1.0,\"2\":1.0},\"3\":{}}}";

    assertThat(read(Nested.class, json).maps())
        .isEqualTo(
            Map.of(
                1.0, Map.of(1.0, 1.0, 2.0, 1.0), 2.0, Map.of(1.0, 1.0, 2.0, 1.0), 3.0, Map.of()));
    assertThat(read(Nested.class, "{\"maps\":{\"1.0\":{},\"-0.0\":{},\"0.0\":{}}}").maps())
        .hasSize(3);
  }

  @Test
  void aMemberThatIsThereTwiceIsRefused() {
    assertThatThrownBy(() -> read(Pair.class, "{\"a\":\"x\",\"a\":\"y\",\"b\":3}"))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("Duplicate field 'a'");
    assertThatThrownBy(() -> read(OfPlains.class, "{\"map\":{\"k\":1,\"k\":2}}"))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("Duplicate field 'k'");
  }
}
