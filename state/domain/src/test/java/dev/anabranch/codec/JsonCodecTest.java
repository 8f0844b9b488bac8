package dev.anabranch.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.codec.JsonCodecTest.Event.Everything;
import dev.anabranch.codec.JsonCodecTest.Event.Nothing;
import dev.anabranch.codec.JsonCodecTest.Event.Paid;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {

  enum Colour {
    RED,
    GREEN
  }

  sealed interface Method {}

  record Card(String number) implements Method {}

  record Cash() implements Method {}

  sealed interface Event {
    record Nothing() implements Event {}

    record Paid(BigDecimal amount, Method method) implements Event {}

    @SuppressWarnings("ArrayRecordComponent") // compared field by field
    record Everything(
        long number,
        double ratio,
        boolean flag,
        String text,
        BigDecimal decimal,
        BigInteger large,
        Instant instant,
        Duration duration,
        LocalDate date,
        ZonedDateTime zoned,
        UUID uuid,
        Colour colour,
        Optional<String> optional,
        List<Integer> list,
        Set<String> set,
        Map<String, Colour> map,
        byte[] bytes)
        implements Event {

      // Behaviour, not properties.
      boolean isLarge() {
        return number > 100;
      }

      String getName() {
        return text;
      }
    }

    record Unregistered() implements Event {}
  }

  record Money(BigDecimal amount) {}

  record Tags(Set<String> tags, Map<String, Integer> counts) {}

  record Backwards(int z, String m, int a) {}

  /** Public, as Jackson would take them for properties. */
  public record Behaving(int number) {
    public boolean isLarge() {
      return number > 100;
    }

    public String getName() {
      return "number " + number;
    }

    public int doubled() {
      return 2 * number;
    }
  }

  record Odd(Set<Money> set) {}

  record Counter(int value, String name) {}

  record At(Instant instant) {}

  private static final JsonCodec<Event> EVENTS =
      JsonCodec.<Event>builder()
          .type("Nothing", 1, Nothing.class)
          .type("Paid", 3, Paid.class)
          .type("Everything", 1, Everything.class)
          .nested(Method.class, Map.of("card", Card.class, "cash", Cash.class))
          .build();

  private static final JsonCodec<Counter> COUNTER = JsonCodec.single("Counter", 2, Counter.class);

  @Test
  void restoresRecordsOfASealedInterface() {
    var event =
        new Everything(
            Long.MAX_VALUE,
            0.1,
            true,
            "\uD83D\uDE00\u0000\"",
            new BigDecimal("1.10"),
            BigInteger.TWO.pow(100),
            Instant.parse("2024-02-29T12:30:00.123456789Z"),
            Duration.ofNanos(1),
            LocalDate.of(2024, 2, 29),
            ZonedDateTime.parse("2024-02-29T12:30:00+01:00[Europe/Berlin]"),
            UUID.fromString("550e8400-e29b-41d4-a716-446655440000"),
            Colour.GREEN,
            Optional.empty(),
            List.of(3, 1, 2),
            Set.of("b", "a"),
            Map.of("z", Colour.RED, "a", Colour.GREEN),
            new byte[] {1, -1});
    var encoded = EVENTS.encode(event);

    assertThat(encoded.type()).isEqualTo("Everything");
    assertThat(EVENTS.decode(encoded)).usingRecursiveComparison().isEqualTo(event);
    assertThat(text(encoded)).doesNotContain("isLarge", "\"large\":true", "name");
  }

  @Test
  void writesAnEmptyRecordAsAnEmptyObject() {
    assertThat(text(EVENTS.encode(new Nothing()))).isEqualTo("{}");
    assertThat(EVENTS.decode(message("Nothing", 1, "{}"))).isEqualTo(new Nothing());
  }

  @Test
  void propertiesAreSortedHoweverTheyAreDeclared() {
    var codec = JsonCodec.single("Backwards", 1, Backwards.class);

    assertThat(text(codec.encode(new Backwards(1, "m", 2))))
        .isEqualTo("{\"a\":2,\"m\":\"m\",\"z\":1}");
  }

  @Test
  void methodsAreNoProperties() {
    var codec = JsonCodec.single("Behaving", 1, Behaving.class);

    assertThat(text(codec.encode(new Behaving(5)))).isEqualTo("{\"number\":5}");
    assertThatThrownBy(() -> codec.decode(message("Behaving", 1, "{\"number\":5,\"name\":\"x\"}")))
        .hasMessageContaining("name");
  }

  @Test
  void namesNestedImplementations() {
    var paid = new Paid(new BigDecimal("5.00"), new Card("1"));

    assertThat(text(EVENTS.encode(paid)))
        .isEqualTo("{\"amount\":5.00,\"method\":{\"@type\":\"card\",\"number\":\"1\"}}");
    assertThat(EVENTS.decode(EVENTS.encode(paid))).isEqualTo(paid);
    assertThat(EVENTS.decode(EVENTS.encode(new Paid(BigDecimal.ONE, new Cash()))))
        .isEqualTo(new Paid(BigDecimal.ONE, new Cash()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "1.0", "1.00", "0.10", "1E+3", "1E-20", "-0.0", "123456789.123456789"})
  void keepsTheScaleOfADecimal(String decimal) {
    var codec = JsonCodec.single("Money", 1, Money.class);
    var money = new Money(new BigDecimal(decimal));

    assertThat(codec.decode(codec.encode(money))).isEqualTo(money);
  }

  @Property
  void keepsEveryDecimal(@ForAll @Scale(10) BigDecimal decimal) {
    var codec = JsonCodec.single("Money", 1, Money.class);
    var money = new Money(decimal);

    assertThat(codec.decode(codec.encode(money))).isEqualTo(money);
  }

  @Property
  void keepsTheNanosecondsOfAnInstant(@ForAll Instant instant) {
    var codec = JsonCodec.single("At", 1, At.class);
    var nanos = new At(instant.plusNanos(1));

    assertThat(codec.decode(codec.encode(nanos))).isEqualTo(nanos);
  }

  @Property
  void makesEqualBytesOfEqualMessages(@ForAll Map<String, Integer> counts) {
    var codec = JsonCodec.single("Tags", 1, Tags.class);
    var backwards =
        new LinkedHashSet<>(counts.keySet().stream().sorted((a, b) -> b.compareTo(a)).toList());
    var one = new Tags(counts.keySet(), counts);
    var other = new Tags(backwards, new HashMap<>(counts));

    assertThat(codec.encode(one).data()).isEqualTo(codec.encode(other).data());
  }

  @Test
  void refusesASetWithoutAnOrder() {
    var codec = JsonCodec.single("Odd", 1, Odd.class);
    var odd = new Odd(Set.of(new Money(BigDecimal.ONE), new Money(BigDecimal.TEN)));

    assertThatThrownBy(() -> codec.encode(odd))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("Comparable");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown property      | {\"name\":\"a\",\"value\":1,\"colour\":1} | colour",
        "missing property      | {\"name\":\"a\"}                          | value",
        "missing text          | {\"value\":1}                           | name",
        "null for a primitive  | {\"name\":\"a\",\"value\":null}           | value",
        "text for a number     | {\"name\":\"a\",\"value\":\"1\"}          | value",
        "fraction for an int   | {\"name\":\"a\",\"value\":1.5}            | value",
        "too large for an int  | {\"name\":\"a\",\"value\":3000000000}     | value",
        "number for a text     | {\"name\":1,\"value\":1}                  | name",
        "more behind it        | {\"name\":\"a\",\"value\":1} {}           | Counter version 2",
        "not an object         | [1]                                       | Counter version 2",
        "null                  | null                                      | Counter version 2",
        "cut off               | {\"name\":\"a\"                           | Counter version 2",
        "nothing               | ''                                        | Counter version 2",
        "not JSON              | hello                                     | Counter version 2",
      })
  void isStrictAndNamesTheField(String what, String json, String named) {
    assertThatThrownBy(() -> COUNTER.decode(message("Counter", 2, json == null ? "" : json)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(named)
        .hasMessageContaining(";");
  }

  record Sample(long amount, Instant when, Colour colour) {}

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"amount\":\"5\"}  | the text '5' was sent where a whole number (long) is needed (at amount)",
        "{\"amount\":1.5}      | the number '1.5' was sent where a whole number (long) is needed (at amount)",
        "{\"amount\":null}     | null was sent where a whole number (long) is needed (at amount)",
        "{\"amount\":[1]}      | a list was sent where a whole number (long) is needed (at amount)",
        "{\"amount\":{}}       | an object was sent where a whole number (long) is needed (at amount)",
        "{\"amount\":true}     | a truth value was sent where a whole number (long) is needed (at amount)",
        "{\"when\":\"soon\"} | the text 'soon' was sent where a time such as",
        "{\"colour\":\"BLUE\"} | the text 'BLUE' was sent where one of RED, GREEN is needed (at colour)",
        "{\"colour\":0}        | the number '0' was sent where one of RED, GREEN is needed (at colour)",
        "{\"colour\":\"RED\"} | property 'amount' is missing",
        "[1]                     | a list was sent where an object (Sample) is needed",
        "{\"amount\":1,\"when\":\"2026-11-29T08:15:00Z\",\"colour\":\"RED\"} {} | something follows the value",
      })
  void saysWhatWasSentAndWhatFitsInItsOwnWords(String json, String said) {
    var codec = JsonCodec.single("Sample", 1, Sample.class);

    assertThatThrownBy(() -> codec.decode(message("Sample", 1, json)))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith("Sample version 1 does not fit: ")
        .hasMessageContaining(said)
        .hasMessageNotContainingAny("Feature", "Coercion", "creator", "JsonToken", "java.");
  }

  @Test
  void saysWhatItKnows() {
    assertThatThrownBy(() -> COUNTER.decode(message("Other", 1, "{}")))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("'Other'")
        .hasMessageContaining("[Counter]");
    assertThatThrownBy(() -> COUNTER.decode(message("Counter", 1, "{}")))
        .hasMessageContaining("not version 1; add an upcaster");
    assertThatThrownBy(() -> COUNTER.decode(message("Counter", 3, "{}")))
        .hasMessageContaining("not version 3; a newer release wrote it");
    assertThatThrownBy(() -> EVENTS.encode(new Event.Unregistered()))
        .hasMessageContaining("Unregistered is not registered");
  }

  @Test
  void refusesAmbiguousRegistrations() {
    var builder = JsonCodec.<Event>builder().type("Nothing", 1, Nothing.class);

    assertThatThrownBy(() -> builder.type("Nothing", 2, Paid.class))
        .hasMessageContaining("Nothing is registered twice");
    assertThatThrownBy(() -> builder.type("Empty", 1, Nothing.class))
        .hasMessageContaining("registered twice");
    assertThatThrownBy(() -> JsonCodec.builder().build()).hasMessageContaining("type(...)");
    assertThatThrownBy(() -> builder.type("", 1, Paid.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void claimsToBeLosslessOnlyIfToldSo() {
    assertThat(COUNTER.lossless()).isFalse();
    assertThat(
            JsonCodec.<Counter>builder()
                .type("Counter", 1, Counter.class)
                .lossless()
                .build()
                .lossless())
        .isTrue();
  }

  static EncodedMessage message(String type, int version, String json) {
    return new EncodedMessage(type, version, json.getBytes(StandardCharsets.UTF_8));
  }

  static String text(EncodedMessage message) {
    return new String(message.data(), StandardCharsets.UTF_8);
  }
}
