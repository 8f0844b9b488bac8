package dev.anabranch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AggregateKeyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a ",
        "Alice",
        "alice",
        "a/b",
        "/",
        "\uD83D\uDE00",
        "\u0000",
        "'",
        "\\",
        "\n",
        "é",
        " "
      })
  void readsWhatItWrote(String id) {
    var key = new AggregateKey("Account", id);

    assertThat(AggregateKey.parse(key.toString())).isEqualTo(key);
  }

  @Test
  void tellsSimilarIdsApart() {
    assertThat(key("a")).isNotEqualTo(key("a "));
    assertThat(key("Alice")).isNotEqualTo(key("alice"));
    assertThat(key("\u00e9")).isNotEqualTo(key("e\u0301"));
    assertThat(new AggregateKey("Account", "1")).isNotEqualTo(new AggregateKey("Order", "1"));
  }

  @Test
  void boundsTheIdInBytes() {
    assertThat(key("x".repeat(128))).isNotNull();
    assertThat(key("é".repeat(64))).isNotNull();
    assertThat(key("\uD83D\uDE00".repeat(32))).isNotNull();
    assertThatThrownBy(() -> key("x".repeat(129))).hasMessageContaining("aggregate id");
    assertThatThrownBy(() -> key("é".repeat(65))).hasMessageContaining("128 bytes");
    assertThatThrownBy(() -> key("x".repeat(10_000))).hasMessageContaining("longer");
    assertThatThrownBy(() -> key("")).hasMessageContaining("empty");
  }

  @Test
  void refusesHalfOfASurrogatePair() {
    assertThatThrownBy(() -> key("\uD83D")).hasMessageContaining("surrogate");
    assertThatThrownBy(() -> key("\uDE00\uD83D")).hasMessageContaining("surrogate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "é", "a\n", "'"})
  void refusesOtherTypes(String type) {
    assertThatThrownBy(() -> new AggregateKey(type, "1")).hasMessageContaining("aggregate type");
  }

  @Test
  void boundsTheType() {
    assertThat(new AggregateKey("x".repeat(64), "1")).isNotNull();
    assertThatThrownBy(() -> new AggregateKey("x".repeat(65), "1"))
        .hasMessageContaining("aggregate type");
  }

  @Test
  void showsHostileTextHarmlessly() {
    assertThatThrownBy(() -> new AggregateKey("a\r\nInjected: line", "1"))
        .hasMessageContaining("\\u000d\\u000a")
        .message()
        .doesNotContain("\n");
  }

  @Property
  void isValidExactlyIfItCanBeMade(@ForAll String id) {
    var encodable = StandardCharsets.UTF_8.newEncoder().canEncode(id);
    var bytes = id.getBytes(StandardCharsets.UTF_8).length;

    assertThat(AggregateKey.isValid("Account", id))
        .isEqualTo(encodable && bytes >= 1 && bytes <= 128);
  }

  private static AggregateKey key(String id) {
    return new AggregateKey("Account", id);
  }
}
