package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.Serializers;
import dev.anabranch.replicated.Replicated;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Replicated data types as JSON. Equal values make equal bytes, for the values themselves keep one
 * order. What occurs often is an array without names:
 *
 * <table>
 *   <caption>Forms</caption>
 *   <tr><td>counter</td><td>{@code 5}
 *   <tr><td>counter in a map</td><td>{@code [stable or null, event, amount, event, amount ...]}
 *   <tr><td>registers</td><td>{@code [[event, hlc, value] ...]}
 *   <tr><td>OR-set</td><td>{@code [[element, event ...] ...]}
 *   <tr><td>2P-set</td><td>{@code {"added": set, "removed": set}}
 *   <tr><td>OR-cart</td><td>{@code [[element, stable or null, event, quantity ...] ...]}
 *   <tr><td>OR-map</td><td>{@code [[key, [event ...], value] ...]}
 * </table>
 *
 * <p>An event is written as {@code "eu-west:17"}, see {@code EventId}.
 */
final class ReplicatedTypes extends Module {

  @Override
  public String getModuleName() {
    return "anabranch-replicated";
  }

  @Override
  public Version version() {
    return Version.unknownVersion();
  }

  @Override
  public void setupModule(SetupContext context) {
    context.addSerializers(new Writers());
    context.addDeserializers(new Readers());
  }

  private static final class Writers extends Serializers.Base {
    @Override
    public @Nullable JsonSerializer<?> findSerializer(
        SerializationConfig config, JavaType type, BeanDescription description) {
      return type.isTypeOrSubTypeOf(Replicated.class) ? new Writer() : null;
    }
  }

  private static final class Readers extends Deserializers.Base {
    @Override
    public @Nullable JsonDeserializer<?> findBeanDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription description) {
      return type.isTypeOrSubTypeOf(Replicated.class) ? new Reader(type) : null;
    }
  }

  private static final class Writer extends JsonSerializer<Replicated<?>> {

    @Override
    public void serialize(Replicated<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      new ReplicatedWriter(out, provider).write(value);
    }

    @Override
    public void serializeWithType(
        Replicated<?> value, JsonGenerator out, SerializerProvider provider, TypeSerializer type)
        throws IOException {
      serialize(value, out, provider);
    }
  }

  private static final class Reader extends JsonDeserializer<Replicated<?>> {

    private final JavaType type;

    Reader(JavaType type) {
      this.type = type;
    }

    @Override
    public Replicated<?> deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      try {
        return new ReplicatedReader(in, context).read(type);
      } catch (IllegalArgumentException e) {
        throw JsonMappingException.from(in, e.getMessage(), e);
      }
    }

    @Override
    public Replicated<?> getNullValue(DeserializationContext context) throws JsonMappingException {
      return context.reportInputMismatch(
          this, "a replicated data type can't be null; write an empty one");
    }
  }
}
