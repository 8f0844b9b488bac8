package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.Upcaster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Turns old JSON messages into newer ones, as trees: the old class need not exist any more.
 * Decimals keep their scale.
 */
public final class JsonUpcaster implements Upcaster {

  private final String type;
  private final int schemaVersion;
  private final Function<ObjectNode, List<Part>> split;

  private JsonUpcaster(String type, int schemaVersion, Function<ObjectNode, List<Part>> split) {
    this.type = type;
    this.schemaVersion = schemaVersion;
    this.split = split;
  }

  /** A message that replaces an old one. */
  public record Part(String type, int schemaVersion, ObjectNode data) {}

  /** Changes the properties; the type keeps its name. */
  public static JsonUpcaster of(
      String type, int schemaVersion, int newSchemaVersion, UnaryOperator<ObjectNode> change) {
    return of(type, schemaVersion, type, newSchemaVersion, change);
  }

  /** Changes the name, and the properties if need be. */
  public static JsonUpcaster of(
      String type,
      int schemaVersion,
      String newType,
      int newSchemaVersion,
      UnaryOperator<ObjectNode> change) {
    return split(
        type,
        schemaVersion,
        old -> List.of(new Part(newType, newSchemaVersion, change.apply(old))));
  }

  /** Replaces one message by any number of others; by none, if it has lost its meaning. */
  public static JsonUpcaster split(
      String type, int schemaVersion, Function<ObjectNode, List<Part>> split) {
    return new JsonUpcaster(type, schemaVersion, split);
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public int schemaVersion() {
    return schemaVersion;
  }

  @Override
  public List<EncodedMessage> upcast(EncodedMessage old) {
    var messages = new ArrayList<EncodedMessage>(1);
    for (var part : split.apply(read(old))) {
      messages.add(new EncodedMessage(part.type, part.schemaVersion, write(part)));
    }
    return messages;
  }

  private ObjectNode read(EncodedMessage old) {
    try {
      if (Json.MAPPER.readTree(old.data()) instanceof ObjectNode node) {
        return node;
      }
    } catch (IOException e) {
      throw new CodecException(
          type
              + " version "
              + schemaVersion
              + " is no valid JSON: "
              + e.getMessage()
              + "; the stored bytes are damaged",
          e);
    }
    throw new CodecException(
        type + " version " + schemaVersion + " is no JSON object; write an Upcaster of its own");
  }

  private static byte[] write(Part part) {
    try {
      return Json.MAPPER.writeValueAsBytes(part.data);
    } catch (JsonProcessingException e) {
      throw new CodecException(
          part.type + " version " + part.schemaVersion + " can't be written: " + e.getMessage(), e);
    }
  }
}
