package dev.anabranch.codec;

import static dev.anabranch.codec.JsonCodecTest.message;
import static dev.anabranch.codec.JsonCodecTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.anabranch.api.CodecException;
import dev.anabranch.codec.JsonUpcaster.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonUpcasterTest {

  @Test
  void changesProperties() {
    var upcaster = JsonUpcaster.of("Opened", 1, 2, node -> node.put("currency", "EUR"));
    var upcast = upcaster.upcast(message("Opened", 1, "{\"owner\":\"a\"}"));

    assertThat(upcast).hasSize(1);
    assertThat(upcast.get(0).type()).isEqualTo("Opened");
    assertThat(upcast.get(0).schemaVersion()).isEqualTo(2);
    assertThat(text(upcast.get(0))).isEqualTo("{\"owner\":\"a\",\"currency\":\"EUR\"}");
  }

  @Test
  void keepsNumbersAsTheyWere() {
    var upcaster = JsonUpcaster.of("A", 1, "B", 1, node -> node);
    var json = "{\"a\":1.10,\"b\":12345678901234567890123,\"c\":0.1000000000000000055511}";

    assertThat(text(upcaster.upcast(message("A", 1, json)).get(0))).isEqualTo(json);
  }

  @Test
  void splits() {
    var upcaster =
        JsonUpcaster.split(
            "Moved",
            1,
            node ->
                List.of(
                    new Part("Left", 1, JsonNodeFactory.instance.objectNode()),
                    new Part("Arrived", 2, node)));
    var upcast = upcaster.upcast(message("Moved", 1, "{\"to\":\"x\"}"));

    assertThat(upcast)
        .extracting(m -> m.type() + m.schemaVersion() + text(m))
        .containsExactly("Left1{}", "Arrived2{\"to\":\"x\"}");
  }

  @Test
  void refusesWhatIsNoObject() {
    var upcaster = JsonUpcaster.of("A", 1, 2, node -> node);

    assertThatThrownBy(() -> upcaster.upcast(message("A", 1, "[]")))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("A version 1");
    assertThatThrownBy(() -> upcaster.upcast(message("A", 1, "{")))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("damaged");
  }
}
