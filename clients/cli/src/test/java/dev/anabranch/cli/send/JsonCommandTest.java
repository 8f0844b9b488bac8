package dev.anabranch.cli.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonCommandTest {

  @Test
  void readsEveryField() {
    var command =
        JsonCommand.parse(
            """
            {"aggregate":"Account/1","type":"Deposit","schemaVersion":2,"id":"d-1",\
            "data":{"amount":5},"expectedVersion":3,"meta":{"user":"ann","traceparent":"00-x"}}""");

    assertThat(command.aggregate()).isEqualTo(new AggregateKey("Account", "1"));
    assertThat(command.commandId()).isEqualTo("d-1");
    assertThat(command.payload().type()).isEqualTo("Deposit");
    assertThat(command.payload().schemaVersion()).isEqualTo(2);
    assertThat(new String(command.payload().data(), UTF_8)).isEqualTo("{\"amount\":5}");
    assertThat(command.contentType()).isEqualTo("application/json");
    assertThat(command.expectedVersion()).isEqualTo(3);
    assertThat(command.metadata()).isEqualTo(Map.of("meta-user", "ann", "traceparent", "00-x"));
  }

  @Test
  void fillsInWhatMayBeLeftOut() {
    var line = "{\"aggregate\":\"Account/1\",\"type\":\"Close\",\"data\":{}}";

    var command = JsonCommand.parse(line);

    assertThat(command.payload().schemaVersion()).isEqualTo(1);
    assertThat(command.expectedVersion()).isEqualTo(CommandEnvelope.ANY_VERSION);
    assertThat(command.commandId()).isNotEqualTo(JsonCommand.parse(line).commandId()).hasSize(36);
  }

  @Test
  void numbersKeepTheirDigits() {
    var line =
        "{\"aggregate\":\"A/1\",\"type\":\"T\",\"data\":{\"a\":5.00,\"b\":12345678901234567890.10}}";

    assertThat(new String(JsonCommand.parse(line).payload().data(), UTF_8))
        .isEqualTo("{\"a\":5.00,\"b\":12345678901234567890.10}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]                                               | is no JSON object",
        "{\"aggregate\":                                  | is no valid JSON at column",
        "{\"type\":\"T\",\"data\":{}}                     | field 'aggregate' is missing",
        "{\"aggregate\":\"A/1\",\"data\":{}}              | field 'type' is missing",
        "{\"aggregate\":\"A/1\",\"type\":\"T\"}           | field 'data' is missing",
        "{\"aggregate\":\"A1\",\"type\":\"T\",\"data\":1} | must read type/id",
        "{\"aggregate\":7,\"type\":\"T\",\"data\":{}}     | field 'aggregate' must be text",
        "{\"aggregate\":\"A/1\",\"typ\":\"T\",\"data\":1} | unknown field 'typ'",
        "{\"aggregate\":\"A/1\",\"type\":\"T\",\"data\":1,\"id\":\"\"} | command id is empty",
        "{\"aggregate\":\"A/1\",\"type\":\"T\",\"data\":1,\"schemaVersion\":0} | 1 or more",
        "{\"aggregate\":\"A/1\",\"type\":\"T\",\"data\":1,\"expectedVersion\":1.5} | whole number",
        "{\"aggregate\":\"A/1\",\"type\":\"T\",\"data\":1,\"meta\":{\"a\":1}} | object of texts",
        "{\"aggregate\":\"A/1\",\"aggregate\":\"A/2\",\"type\":\"T\",\"data\":1} | Duplicate field",
        "{\"aggregate\":\"A/1\",\"type\":\"T\",\"data\":1} {} | is no valid JSON"
      })
  void saysWhatIsWrongWithALine(String line, String problem) {
    assertThatThrownBy(() -> JsonCommand.parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }
}
