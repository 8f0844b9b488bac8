package dev.anabranch.cli.text;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.api.EncodedMessage;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;

/** Stored bytes for people: JSON as it is, anything else as Base64. */
public final class Payload {

  /** Numbers keep the digits that they were written with. */
  public static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Payload() {}

  /** The name with its schema version, unless it is the first. */
  public static String typeOf(EncodedMessage message) {
    return message.schemaVersion() == 1
        ? message.type()
        : message.type() + " v" + message.schemaVersion();
  }

  public static String text(byte[] data) {
    return json(data)
        .map(JsonNode::toString)
        .orElseGet(() -> "base64:" + Base64.getEncoder().encodeToString(data));
  }

  /** The message as {@code {"type", "schemaVersion", "data" or "base64"}}. */
  public static ObjectNode node(EncodedMessage message) {
    var node = JSON.createObjectNode();
    node.put("type", message.type());
    node.put("schemaVersion", message.schemaVersion());
    put(node, message.data());
    return node;
  }

  public static void put(ObjectNode node, byte[] data) {
    json(data)
        .ifPresentOrElse(
            json -> node.set("data", json),
            () -> node.put("base64", Base64.getEncoder().encodeToString(data)));
  }

  /**
   * Reads JSON. The result is empty if the bytes are no JSON object or array: a number alone is
   * more likely something else.
   */
  public static Optional<JsonNode> json(byte[] data) {
    if (data.length == 0 || (data[0] != '{' && data[0] != '[')) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.readTree(data));
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }
}
