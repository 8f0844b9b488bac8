package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.type.ArrayType;
import com.fasterxml.jackson.databind.type.ReferenceType;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.Temporal;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Values that Jackson reads as something else than what was sent, or writes so that it can't read
 * them: both are refused.
 */
final class StrictValues {

  /** Digits, sign, point and exponent: what reading takes is what may be written. */
  static final int MAX_NUMBER_LENGTH = StreamReadConstraints.DEFAULT_MAX_NUM_LEN;

  /** The limit of texts holds for names too: the key of a map is written without a limit. */
  private static final int MAX_NAME_LENGTH = StreamReadConstraints.DEFAULT_MAX_STRING_LEN;

  private static final Set<Class<?>> POINTS_IN_TIME =
      Set.of(Instant.class, OffsetDateTime.class, ZonedDateTime.class, Duration.class);

  private static final Set<Class<?>> NARROW =
      Set.of(byte.class, Byte.class, float.class, Float.class, double.class, Double.class);

  private static final Map<Class<?>, Function<String, Temporal>> LOCAL =
      Map.of(
          LocalDate.class, LocalDate::parse,
          LocalDateTime.class, LocalDateTime::parse,
          LocalTime.class, LocalTime::parse);

  private StrictValues() {}

  static StreamReadConstraints constraints() {
    return StreamReadConstraints.builder().maxNameLength(MAX_NAME_LENGTH).build();
  }

  static Module module() {
    return new SimpleModule("anabranch-strict-values")
        .addSerializer(BigInteger.class, new IntegerWriter())
        .addSerializer(BigDecimal.class, new DecimalWriter())
        .setDeserializerModifier(new Modifier());
  }

  private static final class Modifier extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonDeserializer<?> modifyDeserializer(
        DeserializationConfig config,
        BeanDescription description,
        JsonDeserializer<?> deserializer) {
      var raw = description.getBeanClass();
      if (POINTS_IN_TIME.contains(raw) || LOCAL.containsKey(raw)) {
        return new TextOnly(deserializer, raw);
      }
      return NARROW.contains(raw) ? new InRange(deserializer, raw) : deserializer;
    }

    @Override
    public JsonDeserializer<?> modifyReferenceDeserializer(
        DeserializationConfig config,
        ReferenceType type,
        BeanDescription description,
        JsonDeserializer<?> deserializer) {
      var raw = type.getRawClass();
      return raw == OptionalDouble.class ? new InRange(deserializer, raw) : deserializer;
    }

    @Override
    public JsonDeserializer<?> modifyArrayDeserializer(
        DeserializationConfig config,
        ArrayType type,
        BeanDescription description,
        JsonDeserializer<?> deserializer) {
      var raw = type.getRawClass();
      if (raw == byte[].class) {
        return new TextOnly(deserializer, raw);
      }
      return raw == float[].class || raw == double[].class
          ? new FiniteArray(deserializer)
          : deserializer;
    }
  }

  /** Refuses a number that became infinite; infinity itself is written as text. */
  private static final class FiniteArray extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    FiniteArray(JsonDeserializer<?> delegate) {
      super(delegate);
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> newDelegate) {
      return new FiniteArray(newDelegate);
    }

    @Override
    public @Nullable Object deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      var value = super.deserialize(in, context);
      var infinite =
          value instanceof double[] doubles
              ? DoubleStream.of(doubles).anyMatch(Double::isInfinite)
              : value instanceof float[] floats && hasInfinite(floats);
      return infinite
          ? context.handleWeirdStringValue(
              handledType(), "Infinity", "a list of numbers has one that is out of range")
          : value;
    }

    private static boolean hasInfinite(float[] floats) {
      for (var each : floats) {
        if (Float.isInfinite(each)) {
          return true;
        }
      }
      return false;
    }
  }

  /** A number that does not fit would be taken for another one, or for infinity. */
  private static final class InRange extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    private final Class<?> raw;

    InRange(JsonDeserializer<?> delegate, Class<?> raw) {
      super(delegate);
      this.raw = raw;
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> newDelegate) {
      return new InRange(newDelegate, raw);
    }

    @Override
    public @Nullable Object deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      var isNumber = in.currentToken() != null && in.currentToken().isNumeric();
      var value = super.deserialize(in, context);
      if (!isNumber
          || value instanceof Double d && !d.isInfinite()
          || value instanceof Float f && !f.isInfinite()
          || value instanceof OptionalDouble o && !Double.isInfinite(o.orElse(0))
          || value instanceof Byte b && in.getIntValue() == b) {
        return value;
      }
      return context.handleWeirdNumberValue(
          raw, in.getNumberValue(), "it is out of the range of a %s", raw.getSimpleName());
    }
  }

  /** Numbers would be taken for a time, and of a longer text a part. */
  private static final class TextOnly extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    private final Class<?> raw;

    TextOnly(JsonDeserializer<?> delegate, Class<?> raw) {
      super(delegate);
      this.raw = raw;
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> newDelegate) {
      return new TextOnly(newDelegate, raw);
    }

    /** A component that says how it is written is read as it says. */
    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property)
        throws JsonMappingException {
      if (property != null) {
        var format = property.findPropertyFormat(context.getConfig(), raw);
        if (format != null && (format.hasPattern() || format.hasShape())) {
          return context.handleSecondaryContextualization(
              getDelegatee(), property, context.constructType(raw));
        }
      }
      return super.createContextual(context, property);
    }

    @Override
    public @Nullable Object deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      if (in.currentToken() != JsonToken.VALUE_STRING) {
        return context.handleUnexpectedToken(
            raw, in.currentToken(), in, "%s is written as text", raw.getSimpleName());
      }
      requireWhole(in.getText(), context);
      return super.deserialize(in, context);
    }

    private void requireWhole(String text, DeserializationContext context) throws IOException {
      var parse = LOCAL.get(raw);
      if (parse != null) {
        try {
          var unused = parse.apply(text);
        } catch (DateTimeException e) {
          var ignored = context.handleWeirdStringValue(raw, text, "%s", e.getMessage());
        }
      } else if (POINTS_IN_TIME.contains(raw) && isNumber(text)) {
        var ignored = context.handleWeirdStringValue(raw, text, "it is a number, give ISO 8601");
      }
    }

    private static boolean isNumber(String text) {
      return !text.isEmpty()
          && text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+');
    }
  }

  private static final class IntegerWriter extends StdScalarSerializer<BigInteger> {
    private static final long serialVersionUID = 1L;

    IntegerWriter() {
      super(BigInteger.class);
    }

    @Override
    public void serialize(BigInteger value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      // Three bits a digit: a cheap bound, and long numbers are rare.
      if (value.bitLength() > 3 * MAX_NUMBER_LENGTH) {
        requireReadable(value.toString(), provider);
      }
      out.writeNumber(value);
    }
  }

  private static final class DecimalWriter extends StdScalarSerializer<BigDecimal> {
    private static final long serialVersionUID = 1L;

    DecimalWriter() {
      super(BigDecimal.class);
    }

    @Override
    public void serialize(BigDecimal value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value.unscaledValue().bitLength() > 3 * (MAX_NUMBER_LENGTH - 32)
          || Math.abs((long) value.scale()) > MAX_NUMBER_LENGTH / 2) {
        var text = value.toString();
        requireReadable(text, provider);
        requireSame(value, text, provider);
      }
      out.writeNumber(value);
    }

    private static void requireSame(BigDecimal value, String text, SerializerProvider provider)
        throws JsonMappingException {
      try {
        if (new BigDecimal(text).equals(value)) {
          return;
        }
      } catch (NumberFormatException e) {
        throw JsonMappingException.from(provider, "the exponent of " + text + " can't be read", e);
      }
      throw JsonMappingException.from(provider, text + " would be read as another number");
    }
  }

  private static void requireReadable(String text, SerializerProvider provider)
      throws JsonMappingException {
    if (text.length() > MAX_NUMBER_LENGTH) {
      throw JsonMappingException.from(
          provider,
          "a number of "
              + text.length()
              + " characters can't be read again, "
              + MAX_NUMBER_LENGTH
              + " is the limit; write it as text");
    }
  }
}
