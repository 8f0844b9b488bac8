package dev.anabranch.cli.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.Quoted;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandIds;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.wire.Headers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A command written as JSON: {@code
 * {"aggregate":"Account/1","type":"Deposit","data":{"amount":5}}}; {@code schemaVersion}, {@code
 * id}, {@code expectedVersion} and {@code meta} may be left out.
 */
public final class JsonCommand {

  private static final String EXAMPLE =
      "{\"aggregate\":\"Account/1\",\"type\":\"Deposit\",\"data\":{\"amount\":5}}";
  private static final String CONTENT_TYPE = "application/json";
  private static final Set<String> FIELDS =
      Set.of("aggregate", "type", "schemaVersion", "id", "data", "expectedVersion", "meta");

  /** Decimals keep the digits that they were written with: 5.00 is sent as 5.00. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonCommand() {}

  /**
   * The command of one line.
   *
   * @throws IllegalArgumentException saying which field is wrong and what to write
   */
  public static Command parse(String line) {
    var node = object(line);
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException(
                    "unknown field " + Quoted.of(name) + "; known are " + new TreeSet<>(FIELDS));
              }
            });
    var id = node.get("id");
    var data = node.get("data");
    if (data == null) {
      throw missing("data");
    }
    return of(
        AggregateKey.parse(text(node, "aggregate")),
        text(node, "type"),
        (int) number(node, "schemaVersion", 1, EncodedMessage.MAX_SCHEMA_VERSION, 1),
        id == null ? CommandIds.next() : text(node, "id"),
        data,
        number(node, "expectedVersion", 0, Long.MAX_VALUE, CommandEnvelope.ANY_VERSION),
        metadata(node.get("meta")));
  }

  /**
   * A command whose payload alone is JSON.
   *
   * @throws IllegalArgumentException if a part breaks a limit
   */
  public static Command of(
      AggregateKey aggregate,
      String type,
      int schemaVersion,
      String id,
      String data,
      long expectedVersion,
      Map<String, String> metadata) {
    return of(aggregate, type, schemaVersion, id, tree(data), expectedVersion, prefixed(metadata));
  }

  private static Command of(
      AggregateKey aggregate,
      String type,
      int schemaVersion,
      String id,
      JsonNode data,
      long expectedVersion,
      Map<String, String> metadata) {
    CommandEnvelope.checkCommandId(id);
    try {
      var payload = new EncodedMessage(type, schemaVersion, JSON.writeValueAsBytes(data));
      return new Command(aggregate, id, payload, CONTENT_TYPE, expectedVersion, metadata);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("data can't be written: " + e.getOriginalMessage(), e);
    }
  }

  private static ObjectNode object(String line) {
    if (tree(line) instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException("is no JSON object; write " + EXAMPLE);
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      var location = e.getLocation();
      throw new IllegalArgumentException(
          "is no valid JSON"
              + (location == null ? "" : " at column " + location.getColumnNr())
              + ": "
              + e.getOriginalMessage().replaceAll("\\s*\\R\\s*", " "),
          e);
    }
  }

  private static String text(ObjectNode node, String field) {
    var value = node.get(field);
    if (value == null) {
      throw missing(field);
    }
    if (!value.isTextual()) {
      throw new IllegalArgumentException("field '" + field + "' must be text in quotes");
    }
    return value.textValue();
  }

  private static long number(ObjectNode node, String field, long min, long max, long otherwise) {
    var value = node.get(field);
    if (value == null) {
      return otherwise;
    }
    var fits = value.isIntegralNumber() && value.canConvertToLong();
    if (!fits || value.longValue() < min || value.longValue() > max) {
      throw new IllegalArgumentException(
          "field '"
              + field
              + "' must be a whole number, "
              + min
              + " or more"
              + (max == Long.MAX_VALUE ? "" : ", at most " + max));
    }
    return value.longValue();
  }

  private static Map<String, String> metadata(@org.jspecify.annotations.Nullable JsonNode meta) {
    if (meta == null) {
      return Map.of();
    }
    if (!meta.isObject()) {
      throw new IllegalArgumentException("field 'meta' must be an object of texts");
    }
    var metadata = new TreeMap<String, String>();
    meta.properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isTextual()) {
                throw new IllegalArgumentException(
                    "field 'meta' must be an object of texts; "
                        + Quoted.of(entry.getKey())
                        + " is none");
              }
              metadata.put(entry.getKey(), entry.getValue().textValue());
            });
    return prefixed(metadata);
  }

  /** Only headers that are metadata are carried to the events. */
  private static Map<String, String> prefixed(Map<String, String> metadata) {
    var prefixed = new TreeMap<String, String>();
    metadata.forEach(
        (name, value) ->
            prefixed.put(Headers.isMetadata(name) ? name : Headers.META_PREFIX + name, value));
    return prefixed;
  }

  private static IllegalArgumentException missing(String field) {
    return new IllegalArgumentException("field '" + field + "' is missing; write " + EXAMPLE);
  }
}
