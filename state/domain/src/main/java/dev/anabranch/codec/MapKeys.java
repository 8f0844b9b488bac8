package dev.anabranch.codec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.KeyDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.Serializers;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys of maps that are the application's own types. A record of one text, integer, {@code UUID} or
 * enum is written as that, and read from it. Any other is refused when it is written: left to
 * itself Jackson writes {@code toString()} and reads whatever a constructor makes of it.
 */
final class MapKeys {

  private static final Map<Class<?>, Function<String, Object>> READ =
      Map.ofEntries(
          Map.entry(String.class, text -> text),
          Map.entry(int.class, Integer::valueOf),
          Map.entry(Integer.class, Integer::valueOf),
          Map.entry(long.class, Long::valueOf),
          Map.entry(Long.class, Long::valueOf),
          Map.entry(short.class, Short::valueOf),
          Map.entry(Short.class, Short::valueOf),
          Map.entry(BigInteger.class, BigInteger::new),
          Map.entry(UUID.class, UUID::fromString));

  /** Jackson takes several texts for one key of these: of two such keys it would keep one entry. */
  private static final Set<Class<?>> WITH_ONE_TEXT =
      Set.of(Integer.class, Long.class, Short.class, BigInteger.class, UUID.class);

  private MapKeys() {}

  static Module module() {
    return new SimpleModule("anabranch-map-keys") {
      private static final long serialVersionUID = 1L;

      @Override
      public void setupModule(SetupContext context) {
        context.addKeySerializers(new Writers());
        context.addKeyDeserializers(new Readers());
      }
    };
  }

  private static final class Writers extends Serializers.Base {
    @Override
    public @Nullable JsonSerializer<?> findSerializer(
        SerializationConfig config, JavaType type, BeanDescription description) {
      var raw = type.getRawClass();
      if (isKnownToJackson(raw) || saysItself(raw, description)) {
        return null;
      }
      var component = onlyComponent(raw);
      return component == null ? new Refusing(raw) : new ComponentWriter(component);
    }
  }

  private static final class Readers implements KeyDeserializers {
    @Override
    public @Nullable KeyDeserializer findKeyDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription description) {
      var raw = type.getRawClass();
      if (raw == Byte.class || raw == Float.class || raw == Double.class) {
        return new NumberReader(raw);
      }
      if (WITH_ONE_TEXT.contains(raw)) {
        return new OneTextReader(raw);
      }
      if (isKnownToJackson(raw) || saysItself(raw, description)) {
        return null;
      }
      var component = onlyComponent(raw);
      return component == null ? null : new ComponentReader(raw, component);
    }
  }

  /** An interface of the application's own can be written, as what its values are, but not read. */
  private static boolean isKnownToJackson(Class<?> raw) {
    return raw.isPrimitive()
        || raw.isEnum()
        || Enum.class.isAssignableFrom(raw)
        || raw.isArray()
        || raw.getName().startsWith("java.");
  }

  /** How it is written and read: by annotations, or by a factory of a text, as before. */
  private static boolean saysItself(Class<?> raw, BeanDescription description) {
    return description.findJsonKeyAccessor() != null
        || description.findJsonValueAccessor() != null
        || Stream.concat(
                Arrays.stream(raw.getDeclaredConstructors()),
                Arrays.stream(raw.getDeclaredMethods()))
            .anyMatch(each -> each.isAnnotationPresent(JsonCreator.class))
        || Arrays.stream(raw.getDeclaredMethods()).anyMatch(MapKeys::isFactoryOfText);
  }

  private static boolean isFactoryOfText(Method method) {
    return Modifier.isStatic(method.getModifiers())
        && (method.getName().equals("valueOf") || method.getName().equals("fromString"))
        && method.getReturnType() == method.getDeclaringClass()
        && Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class});
  }

  /** Reads what is written for a key, and no other text of the same value. */
  private static final class OneTextReader extends KeyDeserializer {
    private final Class<?> raw;
    private final Function<String, Object> read;

    OneTextReader(Class<?> raw) {
      this.raw = raw;
      this.read = Objects.requireNonNull(READ.get(raw));
    }

    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      Object value;
      try {
        value = read.apply(key);
      } catch (IllegalArgumentException e) {
        return context.handleWeirdKey(raw, key, "it is no %s", raw.getSimpleName());
      }
      return value.toString().equals(key)
          ? value
          : context.handleWeirdKey(raw, key, "it is written as %s", value);
    }
  }

  /** Refuses those of Java's own numbers that Jackson would take out of range. */
  private static final class NumberReader extends KeyDeserializer {
    private final Class<?> raw;

    NumberReader(Class<?> raw) {
      this.raw = raw;
    }

    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      try {
        if (raw == Byte.class) {
          return Byte.valueOf(key);
        }
        var number = raw == Float.class ? (Number) Float.valueOf(key) : Double.valueOf(key);
        if (!Double.isInfinite(number.doubleValue()) || key.endsWith("Infinity")) {
          return number;
        }
      } catch (NumberFormatException e) {
        return context.handleWeirdKey(raw, key, "it is no %s", raw.getSimpleName());
      }
      return context.handleWeirdKey(
          raw, key, "it is out of the range of a %s", raw.getSimpleName());
    }
  }

  private static @Nullable RecordComponent onlyComponent(Class<?> raw) {
    if (!raw.isRecord() || raw.getRecordComponents().length != 1) {
      return null;
    }
    var component = raw.getRecordComponents()[0];
    return READ.containsKey(component.getType()) || component.getType().isEnum() ? component : null;
  }

  private static final class Refusing extends JsonSerializer<Object> {
    private final Class<?> raw;

    Refusing(Class<?> raw) {
      this.raw = raw;
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      throw JsonMappingException.from(
          provider,
          "a "
              + raw.getSimpleName()
              + " can't be the key of a map: take text, a number, an enum, or a record of one text,"
              + " integer, UUID or enum; or use a list of entries");
    }
  }

  private static final class ComponentWriter extends JsonSerializer<Object> {
    private final RecordComponent component;

    ComponentWriter(RecordComponent component) {
      this.component = component;
      component.getAccessor().setAccessible(true);
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      Object part;
      try {
        part = component.getAccessor().invoke(value);
      } catch (ReflectiveOperationException e) {
        throw JsonMappingException.from(provider, "the key " + component + " can't be read", e);
      }
      if (part == null) {
        throw JsonMappingException.from(
            provider, "the key of a map has no " + component.getName() + ": it is null");
      }
      out.writeFieldName(textOf(part));
    }
  }

  private static String textOf(Object part) {
    return part instanceof Enum<?> constant ? constant.name() : part.toString();
  }

  private static final class ComponentReader extends KeyDeserializer {
    private final Class<?> raw;
    private final RecordComponent component;

    ComponentReader(Class<?> raw, RecordComponent component) {
      this.raw = raw;
      this.component = component;
    }

    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      try {
        var constructor = raw.getDeclaredConstructor(component.getType());
        constructor.setAccessible(true);
        var part = part(key);
        if (!textOf(part).equals(key)) {
          // Two texts of one key would be one entry.
          return context.handleWeirdKey(raw, key, "it is written as %s", textOf(part));
        }
        return constructor.newInstance(part);
      } catch (IllegalArgumentException | InvocationTargetException e) {
        var why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        return context.handleWeirdKey(raw, key, "it is no %s: %s", raw.getSimpleName(), why);
      } catch (ReflectiveOperationException e) {
        throw JsonMappingException.from(context, "no " + raw.getName() + " can be made", e);
      }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an enum
    private Object part(String key) {
      var type = component.getType();
      var read = READ.get(type);
      return read == null ? Enum.valueOf((Class) type, key) : read.apply(key);
    }
  }
}
