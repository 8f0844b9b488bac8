package dev.anabranch.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.api.Quoted;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Messages as JSON: records (or classes that Jackson can build) without annotations, each
 * registered under a name and a schema version.
 *
 * <p><b>Exact.</b> A {@code BigDecimal} keeps its scale, an {@code Instant} its nanoseconds; names,
 * map keys and set elements are sorted, so that equal messages make equal bytes.
 *
 * <p><b>Strict.</b> Unknown and missing properties, null for a primitive, numbers as text, and
 * anything behind the value are refused: a changed schema gets a new version and an {@link
 * JsonUpcaster}.
 *
 * @param <T> supertype of the messages, often a sealed interface
 */
public final class JsonCodec<T> implements MessageCodec<T> {

  private final Map<Class<?>, Type> byClass;
  private final Map<String, Type> byName;
  private final boolean lossless;

  private JsonCodec(Builder<T> builder) {
    var mapper = builder.mapper();
    this.byClass = new HashMap<>();
    this.byName = new HashMap<>();
    this.lossless = builder.lossless;
    builder.types.forEach(
        (name, registered) -> {
          var type =
              new Type(
                  name,
                  registered.schemaVersion,
                  mapper.writerFor(registered.messageClass),
                  mapper.readerFor(registered.messageClass));
          byName.put(name, type);
          byClass.put(registered.messageClass, type);
        });
  }

  public static <T> Builder<T> builder() {
    return new Builder<>();
  }

  /** A codec of one class, as the state of an aggregate usually is. */
  public static <T> JsonCodec<T> single(String name, int schemaVersion, Class<T> messageClass) {
    return JsonCodec.<T>builder().type(name, schemaVersion, messageClass).build();
  }

  @Override
  public String contentType() {
    return Json.CONTENT_TYPE;
  }

  @Override
  public EncodedMessage encode(T message) {
    var type = byClass.get(message.getClass());
    if (type == null) {
      throw new CodecException(
          message.getClass().getName()
              + " is not registered with this codec; name it with type(...)");
    }
    try {
      return new EncodedMessage(
          type.name, type.schemaVersion, type.writer.writeValueAsBytes(message));
    } catch (JsonProcessingException e) {
      throw new CodecException(
          type + " can't be written as JSON: " + e.getOriginalMessage() + at(e), e);
    }
  }

  @Override
  public T decode(EncodedMessage encoded) {
    var type = byName.get(encoded.type());
    if (type == null) {
      throw new CodecException(
          "type "
              + Quoted.of(encoded.type())
              + " is unknown; the known ones are "
              + new TreeSet<>(byName.keySet())
              + ": register it, or upcast it to one of them");
    }
    if (type.schemaVersion != encoded.schemaVersion()) {
      throw new CodecException(
          type
              + " is what this release reads, not version "
              + encoded.schemaVersion()
              + (encoded.schemaVersion() < type.schemaVersion
                  ? "; add an upcaster from it"
                  : "; a newer release wrote it: upgrade this one"));
    }
    try {
      T message = type.reader.readValue(encoded.data());
      if (message == null) {
        throw new CodecException(type + " is the JSON null; send an object");
      }
      return message;
    } catch (IOException e) {
      throw unreadable(type, e);
    }
  }

  @Override
  public boolean lossless() {
    return lossless;
  }

  @Override
  public String toString() {
    return "JsonCodec" + new TreeSet<>(byName.keySet());
  }

  private static CodecException unreadable(Type type, IOException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return new CodecException(
          type
              + " has no property "
              + Quoted.of(unknown.getPropertyName())
              + at(unknown)
              + "; leave it out, or raise the schema version and add an upcaster",
          e);
    }
    if (e instanceof JsonMappingException mapping) {
      return new CodecException(
          type
              + " does not fit: "
              + Misfit.of(mapping)
              + at(mapping)
              + "; correct the property, or raise the schema version and add an upcaster",
          e);
    }
    var why =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    return new CodecException(type + " is no valid JSON: " + why + "; send one JSON object", e);
  }

  private static String at(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    var path = new StringBuilder(" (at ");
    for (var reference : mapping.getPath()) {
      if (reference.getFieldName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.length() == 5 ? "" : ".").append(reference.getFieldName());
      }
    }
    return path.append(')').toString();
  }

  private record Type(String name, int schemaVersion, ObjectWriter writer, ObjectReader reader) {
    @Override
    public String toString() {
      return name + " version " + schemaVersion;
    }
  }

  /** Collects the types of a codec. */
  public static final class Builder<T> {

    private record Registered(int schemaVersion, Class<?> messageClass) {}

    private final Map<String, Registered> types = new LinkedHashMap<>();
    private @Nullable JsonMapper own;
    private boolean lossless;

    private Builder() {}

    /**
     * Registers a class of messages under the name and schema version that are stored.
     *
     * @throws IllegalArgumentException if the name or the class is registered already
     */
    public Builder<T> type(String name, int schemaVersion, Class<? extends T> messageClass) {
      var checked = new EncodedMessage(name, schemaVersion, new byte[0]);
      if (types.containsKey(checked.type())) {
        throw new IllegalArgumentException(
            "type "
                + name
                + " is registered twice; each name stands for one class, older schema versions of"
                + " it for upcasters");
      }
      for (var registered : types.values()) {
        if (registered.messageClass == messageClass) {
          throw new IllegalArgumentException(
              messageClass.getName() + " is registered twice; give it one name");
        }
      }
      types.put(checked.type(), new Registered(schemaVersion, messageClass));
      return this;
    }

    /**
     * Names the implementations of an interface that occurs as a property inside messages; the name
     * is written as {@code @type}.
     */
    public <N> Builder<T> nested(Class<N> type, Map<String, Class<? extends N>> implementations) {
      var mapper = mapper();
      if (mapper == Json.MAPPER) {
        mapper = Json.builder().build();
      }
      mapper.addMixIn(type, NamedTypes.class);
      for (var implementation : implementations.entrySet()) {
        mapper.registerSubtypes(new NamedType(implementation.getValue(), implementation.getKey()));
      }
      own = mapper;
      return this;
    }

    /**
     * Declares that decoding gives back equal messages, which saves a decode per event. True for
     * records of text, integers, {@code BigDecimal} and {@code Instant}, and collections of them;
     * the domain fixture checks it.
     */
    public Builder<T> lossless() {
      lossless = true;
      return this;
    }

    /**
     * Makes the codec.
     *
     * @throws IllegalArgumentException if no type was registered
     */
    public JsonCodec<T> build() {
      if (types.isEmpty()) {
        throw new IllegalArgumentException("a codec without types; call type(...) before build()");
      }
      return new JsonCodec<>(this);
    }

    private JsonMapper mapper() {
      return own == null ? Json.MAPPER : own;
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "@type")
  private interface NamedTypes {}
}
