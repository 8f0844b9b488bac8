package dev.anabranch.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever sends JSON that does not fit is told so without a word of the library's. */
class MisfitTest {

  enum Colour {
    RED,
    GREEN
  }

  sealed interface Method {}

  record Card(String number) implements Method {}

  record Cash() implements Method {}

  record Inner(int number) {}

  record All(
      int whole,
      long large,
      double ratio,
      boolean flag,
      char letter,
      String text,
      BigDecimal decimal,
      BigInteger integer,
      Instant instant,
      Duration duration,
      LocalDate date,
      ZonedDateTime zoned,
      ZoneId zone,
      UUID uuid,
      Colour colour,
      Optional<String> optional,
      OptionalInt number,
      List<Integer> list,
      Set<String> set,
      EnumSet<Colour> colours,
      Map<String, Integer> map,
      Map<Colour, Integer> byColour,
      byte[] bytes,
      int[] array,
      Method method,
      Inner inner) {}

  private static final JsonCodec<All> CODEC =
      JsonCodec.<All>builder()
          .type("All", 1, All.class)
          .nested(Method.class, Map.of("card", Card.class, "cash", Cash.class))
          .build();

  private static final List<String> VALUES =
      List.of(
          "0",
          "-1",
          "1.5",
          "1e400",
          "99999999999999999999",
          "true",
          "\"\"",
          "\"x\"",
          "[]",
          "[1.5]",
          "[null]",
          "[\"x\"]",
          "[[1]]",
          "{}",
          "{\"a\":1}",
          "{\"a\":\"x\"}",
          "{\"@type\":\"x\"}",
          "{\"@type\":1}");

  @Test
  void noMessageHasWordsOfTheLibrary() {
    var refused = new ArrayList<String>();
    for (var component : All.class.getRecordComponents()) {
      for (var value : VALUES) {
        try {
          CODEC.decode(message("{\"" + component.getName() + "\":" + value + "}"));
        } catch (CodecException e) {
          refused.add(String.valueOf(e.getMessage()));
        }
      }
    }

    assertThat(refused)
        .hasSizeGreaterThan(300)
        .allSatisfy(
            said ->
                assertThat(said)
                    .startsWith("All version 1 does not fit: ")
                    .doesNotContainPattern(
                        "Feature|[Cc]oercion|[Cc]reator|JsonToken|VALUE_|java\\.|`|\\$|POJO|factory"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"colour\":0}                | the number '0' was sent where one of RED, GREEN is needed (at colour)",
        "{\"set\":\"x\"}               | the text 'x' was sent where a list is needed (at set)",
        "{\"inner\":\"x\"}             | the text 'x' was sent where an object (Inner) is needed (at inner)",
        "{\"inner\":5}                 | the number '5' was sent where an object (Inner) is needed (at inner)",
        "{\"inner\":true}              | a truth value was sent where an object (Inner) is needed (at inner)",
        "{\"zone\":\"\"}               | the text '' was sent where an object (ZoneId) is needed (at zone)",
        "{\"method\":{}}               | an object with a property '@type' is needed (at method)",
        "{\"method\":{\"@type\":\"x\"}} | 'x' is none of the types [card, cash] (at method)",
      })
  void whatWasSentAndWhatFitsIsSaid(String json, String said) {
    assertThatThrownBy(() -> CODEC.decode(message(json)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(said);
  }

  record Boxed(
      Integer whole,
      Long large,
      Double ratio,
      Boolean flag,
      BigDecimal decimal,
      BigInteger integer,
      OptionalInt optional,
      UUID uuid,
      Currency currency,
      Instant instant,
      LocalDate date,
      Colour colour,
      List<Integer> list,
      Inner inner) {}

  @Test
  void blankTextIsNotTakenForNull() {
    var codec = JsonCodec.single("Boxed", 1, Boxed.class);
    for (var component : Boxed.class.getRecordComponents()) {
      var all =
          Arrays.stream(Boxed.class.getRecordComponents())
              .map(each -> "\"" + each.getName() + "\":null")
              .collect(Collectors.joining(",", "{", "}"));
      assertThat(codec.decode(new EncodedMessage("Boxed", 1, all.getBytes(UTF_8)))).isNotNull();
      for (var blank : List.of("\"\"", "\" \"")) {
        var name = "\"" + component.getName() + "\":";
        var json = all.replace(name + "null", name + blank);
        assertThatThrownBy(() -> codec.decode(new EncodedMessage("Boxed", 1, json.getBytes(UTF_8))))
            .as(json)
            .isInstanceOf(CodecException.class)
            .hasMessageContaining("text")
            .hasMessageContaining("(at " + component.getName() + ")");
      }
    }
  }

  private static EncodedMessage message(String json) {
    return new EncodedMessage("All", 1, json.getBytes(UTF_8));
  }
}
