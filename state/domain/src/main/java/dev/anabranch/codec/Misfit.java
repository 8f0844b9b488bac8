package dev.anabranch.codec;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.anabranch.api.Quoted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says why a JSON value does not fit, in words for who sent it: which property, what came, and what
 * fits. Jackson's own words name its switches, which nobody who sends a command can turn.
 */
final class Misfit {

  private static final Pattern MISSING =
      Pattern.compile("Missing (?:required )?creator property '([^']+)'.*");
  private static final Pattern COERCED =
      Pattern.compile(
          "Cannot coerce (?:empty )?(String|[\\w-]+)(?: value)? \\(\"?(.*?)\"?\\) to .*",
          Pattern.DOTALL);

  /** A plain value where an object or a list belongs. */
  private static final Pattern CONSTRUCTED =
      Pattern.compile(
          "Cannot construct instance of .* from (String|Number|boolean) value \\('?(.*?)'?\\)",
          Pattern.DOTALL);

  private static final Pattern NO_NAME =
      Pattern.compile("Could not resolve subtype of .*: missing type id property '([^']+)'.*");
  private static final Pattern UNKNOWN_NAME =
      Pattern.compile(
          "Could not resolve type id '(.*)' as a subtype of .*: known type ids = (\\[.*?]).*",
          Pattern.DOTALL);
  private static final Pattern TOKEN = Pattern.compile("from (\\w[\\w -]*) value \\(token");
  private static final Pattern DETAIL =
      Pattern.compile("from (?:String \".*\"|number \\S+): (.+)", Pattern.DOTALL);
  private static final Pattern SWITCHES =
      Pattern.compile(
          " \\((?:but might|set )[^()]*(?:\\([^()]*\\)[^()]*)*\\)|[;:,]? ?(?:not allowed as per )?`?(?:DeserializationConfig\\.)?DeserializationFeature\\.\\w+`?(?: enabled)?");

  private static final Set<Class<?>> WHOLE =
      Set.of(
          byte.class,
          Byte.class,
          short.class,
          Short.class,
          int.class,
          Integer.class,
          long.class,
          Long.class,
          BigInteger.class);

  private static final Set<Class<?>> NUMBERS =
      Set.of(float.class, Float.class, double.class, Double.class, BigDecimal.class);

  private static final Map<Class<?>, String> OTHERS =
      Map.ofEntries(
          Map.entry(boolean.class, "true or false"),
          Map.entry(Boolean.class, "true or false"),
          Map.entry(String.class, "text"),
          Map.entry(Instant.class, "a time such as \"2026-11-29T08:15:00Z\""),
          Map.entry(OffsetDateTime.class, "a time such as \"2026-11-29T08:15:00+01:00\""),
          Map.entry(
              ZonedDateTime.class, "a time such as \"2026-11-29T08:15:00+01:00[Europe/Paris]\""),
          Map.entry(LocalDateTime.class, "a time such as \"2026-11-29T08:15:00\""),
          Map.entry(LocalDate.class, "a date such as \"2026-11-29\""),
          Map.entry(LocalTime.class, "a time such as \"08:15:00\""),
          Map.entry(Duration.class, "a duration such as \"PT15M\""),
          Map.entry(UUID.class, "a UUID"));

  private Misfit() {}

  /** One clause without an end; where it is, is said by the caller. */
  static String of(JsonMappingException problem) {
    var message = String.valueOf(problem.getOriginalMessage());
    var missing = MISSING.matcher(message);
    if (missing.matches()) {
      return "property " + Quoted.of(missing.group(1)) + " is missing";
    }
    var noName = NO_NAME.matcher(message);
    if (noName.matches()) {
      return "an object with a property " + Quoted.of(noName.group(1)) + " is needed";
    }
    var unknownName = UNKNOWN_NAME.matcher(message);
    if (unknownName.matches()) {
      return Quoted.of(unknownName.group(1)) + " is none of the types " + unknownName.group(2);
    }
    if (message.startsWith("Trailing token")) {
      return "something follows the value";
    }
    if (problem instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      var sent = sent(mismatch, message);
      if (sent != null) {
        return sent
            + " was sent where "
            + wanted(mismatch.getTargetType())
            + " is needed"
            + detail(message);
      }
    }
    var plain = plain(message);
    return plain == null
        ? SWITCHES.matcher(message).replaceAll("")
        : plain + " was sent where something else is needed";
  }

  /** What came, or null if the problem does not say. */
  private static @Nullable String sent(MismatchedInputException problem, String message) {
    if (problem instanceof InvalidFormatException format && format.getValue() != null) {
      return value(format.getValue());
    }
    if (message.contains("`null`") || message.startsWith("Null value")) {
      return "null";
    }
    var coerced = COERCED.matcher(message);
    if (coerced.matches()) {
      var kind = coerced.group(1).equals("String") ? "the text " : "the number ";
      return kind + Quoted.of(coerced.group(2));
    }
    var plain = plain(message);
    if (plain != null) {
      return plain;
    }
    if (message.startsWith("Unexpected token")) {
      return "something else";
    }
    var token = TOKEN.matcher(message);
    return token.find() ? token(token.group(1)) : null;
  }

  private static @Nullable String plain(String message) {
    var plain = CONSTRUCTED.matcher(message);
    if (!plain.matches()) {
      return null;
    }
    return switch (plain.group(1)) {
      case "String" -> "the text " + Quoted.of(plain.group(2));
      case "Number" -> "the number " + Quoted.of(plain.group(2));
      default -> token("Boolean");
    };
  }

  private static String value(Object value) {
    if (value instanceof CharSequence text) {
      return "the text " + Quoted.of(text.toString());
    }
    return value instanceof Number ? "the number " + Quoted.of(value.toString()) : value.toString();
  }

  private static String token(String name) {
    return switch (name) {
      case "Array" -> "a list";
      case "Object" -> "an object";
      case "String" -> "text";
      case "Integer", "Floating-point" -> "a number";
      case "Boolean" -> "a truth value";
      default -> "a " + name.toLowerCase(Locale.ROOT);
    };
  }

  private static String wanted(Class<?> type) {
    if (WHOLE.contains(type)) {
      return "a whole number (" + type.getSimpleName() + ")";
    }
    if (NUMBERS.contains(type)) {
      return "a number (" + type.getSimpleName() + ")";
    }
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(constant -> ((Enum<?>) constant).name())
              .collect(Collectors.joining(", "));
    }
    if (Collection.class.isAssignableFrom(type) || type.isArray()) {
      return "a list";
    }
    var known = OTHERS.get(type);
    return known == null ? "an object (" + type.getSimpleName() + ")" : known;
  }

  /** What this codec's own readers say; Jackson's details name its classes. */
  private static String detail(String message) {
    var detail = DETAIL.matcher(message);
    if (!detail.find()) {
      return "";
    }
    var text = detail.group(1);
    return Stream.of("`", "Enum class", "java.", "DeserializationFeature").anyMatch(text::contains)
        ? ""
        : ": " + text;
  }
}
