package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.Quoted;
import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@link ResolveConflict} as JSON:
 *
 * <pre>{@code
 * {"winner":"a:3", "rejected":["b:1"], "reason":"customer called", "who":"kim",
 *  "merge":[{"type":"ItemAdded", "schema":1, "data":{"sku":"4711"}}]}
 * }</pre>
 *
 * <p>{@code rejected}, {@code merge}, {@code reason} and {@code who} may be left out. An event's
 * bytes are its {@code data} as JSON, or, for codecs of other formats, {@code data_base64}, as in
 * CloudEvents. The bytes made of {@code data} are not those that the event codec would write:
 * decode, and encode again, before they are stored.
 */
public final class ResolveConflictJson {

  public static final String CONTENT_TYPE = Json.CONTENT_TYPE;

  private static final Set<String> FIELDS = Set.of("winner", "rejected", "merge", "reason", "who");
  private static final Set<String> EVENT_FIELDS = Set.of("type", "schema", "data", "data_base64");

  private ResolveConflictJson() {}

  /** The command as sent: type, schema version and JSON. */
  public static EncodedMessage encode(ResolveConflict command) {
    var json = Json.MAPPER.createObjectNode();
    json.put("winner", command.winner().toString());
    var rejected = json.putArray("rejected");
    command.rejected().forEach(dot -> rejected.add(dot.toString()));
    if (!command.merge().isEmpty()) {
      var merge = json.putArray("merge");
      command.merge().forEach(event -> put(merge.addObject(), event));
    }
    json.put("reason", command.reason());
    json.put("who", command.who());
    try {
      return new EncodedMessage(
          ResolveConflict.TYPE,
          ResolveConflict.SCHEMA_VERSION,
          Json.MAPPER.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new CodecException("the resolution can't be written as JSON", e);
    }
  }

  /**
   * Reads the command.
   *
   * @throws CodecException if it is not as described above; names the field and the remedy
   */
  public static ResolveConflict decode(EncodedMessage encoded) {
    if (!encoded.type().equals(ResolveConflict.TYPE)
        || encoded.schemaVersion() != ResolveConflict.SCHEMA_VERSION) {
      throw new CodecException(
          "expected "
              + ResolveConflict.TYPE
              + " version "
              + ResolveConflict.SCHEMA_VERSION
              + ", not "
              + Quoted.of(encoded.type())
              + " version "
              + encoded.schemaVersion());
    }
    var json = object(tree(encoded.data()), "the resolution");
    refuseOthers(json, FIELDS, "the resolution");
    try {
      return new ResolveConflict(
          dot("winner", text(json, "winner", null)),
          rejected(json),
          merge(json),
          text(json, "reason", ""),
          text(json, "who", ""));
    } catch (IllegalArgumentException e) {
      throw new CodecException("the resolution is refused: " + e.getMessage(), e);
    }
  }

  private static void put(ObjectNode json, EncodedMessage event) {
    json.put("type", event.type());
    json.put("schema", event.schemaVersion());
    // As text only if the same bytes come out again.
    try {
      var data = Json.MAPPER.readTree(event.data());
      if (data != null && Arrays.equals(Json.MAPPER.writeValueAsBytes(data), event.data())) {
        json.set("data", data);
        return;
      }
    } catch (IOException e) {
      // No JSON, which an event need not be.
    }
    json.put("data_base64", event.data());
  }

  private static List<Dot> rejected(ObjectNode json) {
    var dots = new ArrayList<Dot>();
    for (var item : array(json, "rejected")) {
      if (!item.isTextual()) {
        throw new CodecException("rejected holds " + item + "; write dots such as \"b:1\"");
      }
      dots.add(dot("rejected", item.textValue()));
    }
    return dots;
  }

  private static List<EncodedMessage> merge(ObjectNode json) {
    var events = new ArrayList<EncodedMessage>();
    for (var item : array(json, "merge")) {
      var event = object(item, "an event of merge");
      refuseOthers(event, EVENT_FIELDS, "an event of merge");
      var schema = event.path("schema");
      if (!schema.canConvertToInt() || !schema.isIntegralNumber()) {
        throw new CodecException("schema of an event of merge must be a whole number such as 1");
      }
      events.add(new EncodedMessage(text(event, "type", null), schema.intValue(), data(event)));
    }
    return events;
  }

  private static byte[] data(ObjectNode event) {
    var data = event.get("data");
    var binary = event.get("data_base64");
    if ((data == null) == (binary == null)) {
      throw new CodecException("an event of merge needs either data or data_base64");
    }
    try {
      return data != null ? Json.MAPPER.writeValueAsBytes(data) : binary.binaryValue();
    } catch (IOException e) {
      throw new CodecException("data_base64 of an event of merge is no base64: send it so", e);
    }
  }

  private static Dot dot(String field, String text) {
    var colon = text.lastIndexOf(':');
    try {
      return new Dot(
          new RegionId(text.substring(0, Math.max(0, colon))),
          Long.parseLong(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new CodecException(
          field + " " + Quoted.of(text) + " is no version; write region:n, e.g. a:3", e);
    }
  }

  private static JsonNode tree(byte[] data) {
    try {
      var tree = Json.MAPPER.readTree(data);
      return tree == null ? Json.MAPPER.missingNode() : tree;
    } catch (IOException e) {
      throw new CodecException("the resolution is no valid JSON: send one JSON object", e);
    }
  }

  private static ObjectNode object(JsonNode json, String what) {
    if (json instanceof ObjectNode object) {
      return object;
    }
    throw new CodecException(what + " is no JSON object; send one");
  }

  private static Iterable<JsonNode> array(ObjectNode json, String field) {
    var value = json.get(field);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw new CodecException(field + " is no list; write it in [ ]");
    }
    return value;
  }

  private static String text(ObjectNode json, String field, @Nullable String otherwise) {
    var value = json.get(field);
    if (value != null && value.isTextual()) {
      return value.textValue();
    }
    if (value == null && otherwise != null) {
      return otherwise;
    }
    throw new CodecException(field + (value == null ? " is missing" : " is no text") + "; add it");
  }

  private static void refuseOthers(ObjectNode json, Set<String> known, String what) {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new CodecException(
                    what
                        + " has an unknown field "
                        + Quoted.of(name)
                        + "; the known ones are "
                        + new TreeSet<>(known));
              }
            });
  }
}
