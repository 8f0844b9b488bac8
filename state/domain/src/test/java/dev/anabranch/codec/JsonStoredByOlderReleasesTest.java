package dev.anabranch.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an older release wrote and read is read as the same by this one; what can't be read is not
 * written.
 */
class JsonStoredByOlderReleasesTest {

  record Seconds(@JsonFormat(shape = JsonFormat.Shape.NUMBER) Instant at) {}

  record Day(@JsonFormat(pattern = "dd.MM.yyyy") LocalDate day) {}

  record Sku(String code) implements Comparable<Sku> {
    @JsonCreator
    static Sku parse(String text) {
      return new Sku(text.replace("sku:", ""));
    }

    @Override
    public int compareTo(Sku other) {
      return code.compareTo(other.code);
    }

    @Override
    public String toString() {
      return "sku:" + code;
    }
  }

  record Price(String currency, int cents) implements Comparable<Price> {
    @JsonCreator
    static Price parse(String text) {
      var parts = List.of(text.split(":", -1));
      return new Price(parts.get(0), Integer.parseInt(parts.get(1)));
    }

    @Override
    public int compareTo(Price other) {
      return currency.compareTo(other.currency);
    }

    @Override
    public String toString() {
      return currency + ":" + cents;
    }
  }

  record Caseless(String code) implements Comparable<Caseless> {
    @JsonValue
    String text() {
      return code.toLowerCase(Locale.ROOT);
    }

    @Override
    public int compareTo(Caseless other) {
      return code.compareTo(other.code);
    }
  }

  sealed interface Id extends Comparable<Id> permits Number {}

  record Number(String code) implements Id {
    @Override
    public int compareTo(Id other) {
      return code.compareTo(((Number) other).code);
    }
  }

  record Whole(long number) implements Comparable<Whole> {
    @Override
    public int compareTo(Whole other) {
      return Long.compare(number, other.number);
    }
  }

  record Skus(Map<Sku, Integer> m) {}

  record Prices(Map<Price, Integer> m) {}

  record Caselesses(Map<Caseless, Integer> m) {}

  record Ids(Map<Id, Integer> m) {}

  record Lists(Map<List<String>, Integer> m) {}

  record Wholes(Map<Whole, Integer> m) {}

  record Wide(
      float[] f, double[] d, OptionalDouble o, Map<Byte, Integer> b, Map<Float, Integer> k) {}

  private static <T> T read(Class<T> type, String json) {
    return JsonCodec.single("T", 1, type).decode(new EncodedMessage("T", 1, json.getBytes(UTF_8)));
  }

  private static <T> void comesBack(Class<T> type, T value, String stored) {
    var codec = JsonCodec.single("T", 1, type);
    assertThat(read(type, stored)).isEqualTo(value);
    assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
  }

  private static <T> void isNotWritten(Class<T> type, T value) {
    assertThatThrownBy(() -> JsonCodec.single("T", 1, type).encode(value))
        .isInstanceOf(CodecException.class);
  }

  @Test
  void aTimeWithAFormatOfItsOwnComesBack() {
    comesBack(Seconds.class, new Seconds(Instant.ofEpochSecond(5)), "{\"at\":5.000000000}");
    comesBack(Day.class, new Day(LocalDate.of(2024, 1, 15)), "{\"day\":\"15.01.2024\"}");
  }

  @Test
  void aKeyWithACreatorOfItsOwnIsReadAsBefore() {
    comesBack(Skus.class, new Skus(Map.of(new Sku("A1"), 1)), "{\"m\":{\"sku:A1\":1}}");
  }

  @Test
  void aKeyOfTwoComponentsWithACreatorOfItsOwnIsStillTaken() {
    comesBack(Prices.class, new Prices(Map.of(new Price("EUR", 5), 1)), "{\"m\":{\"EUR:5\":1}}");
  }

  @Test
  void keysOfOneTextAreNotWritten() {
    isNotWritten(
        Caselesses.class, new Caselesses(Map.of(new Caseless("A"), 1, new Caseless("a"), 2)));
  }

  @Test
  void aKeyThatNobodyCanReadIsNotWritten() {
    isNotWritten(Ids.class, new Ids(Map.of(new Number("x"), 1)));
  }

  @Test
  void aSingleKeyWithoutOrderIsNotWritten() {
    isNotWritten(Lists.class, new Lists(Map.of(List.of("x"), 1)));
  }

  @Test
  void twoTextsOfOneKeyAreRefused() {
    assertThatThrownBy(() -> read(Wholes.class, "{\"m\":{\"5\":1,\"+5\":2}}"))
        .isInstanceOf(CodecException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"f\":[1e39],\"d\":[],\"o\":null,\"b\":{},\"k\":{}}",
        "{\"f\":[],\"d\":[1e400],\"o\":null,\"b\":{},\"k\":{}}",
        "{\"f\":[],\"d\":[],\"o\":null,\"b\":{\"200\":1},\"k\":{}}",
        "{\"f\":[],\"d\":[],\"o\":null,\"b\":{},\"k\":{\"1e39\":1}}",
      })
  void numbersOutOfRangeAreRefusedWhereverTheyStand(String json) {
    assertThat(
            read(Wide.class, "{\"f\":[1],\"d\":[1],\"o\":1,\"b\":{\"1\":1},\"k\":{\"1\":1}}").o())
        .hasValue(1);
    assertThatThrownBy(() -> read(Wide.class, json)).isInstanceOf(CodecException.class);
  }
}
