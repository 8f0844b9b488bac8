package dev.anabranch.connectors.mysql.connection;

import com.mysql.cj.conf.PropertyDefinition;
import com.mysql.cj.conf.PropertyDefinitions;
import com.mysql.cj.exceptions.CJException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;

/**
 * What MySQL Connector/J would say of an option only when it connects, in words that can't be told
 * from those for a server that is away. Messages show no value: it may be a password.
 */
final class DriverOptions {

  private static final Set<String> TIME_ZONES = Set.of("connectiontimezone", "servertimezone");
  private static final Set<String> TLS_VERSIONS = Set.of("TLSv1.2", "TLSv1.3");

  /** Classes, with commas between. */
  private static final Set<String> CLASSES =
      Set.of(
          "authenticationplugins",
          "queryinterceptors",
          "connectionlifecycleinterceptors",
          "exceptioninterceptors",
          "socketfactory",
          "propertiestransform",
          "clientinfoprovider");

  private static final Map<String, PropertyDefinition<?>> BY_NAME = new HashMap<>();

  static {
    for (var definition : PropertyDefinitions.PROPERTY_KEY_TO_PROPERTY_DEFINITION.values()) {
      BY_NAME.put(definition.getName().toLowerCase(Locale.ROOT), definition);
      if (definition.hasCcAlias()) {
        BY_NAME.put(definition.getCcAlias().toLowerCase(Locale.ROOT), definition);
      }
    }
  }

  private DriverOptions() {}

  /** What is wrong with it: the rest of a sentence about the option. */
  static Optional<String> problem(String key, String value) {
    var name = key.toLowerCase(Locale.ROOT);
    var definition = BY_NAME.get(name);
    if (definition == null) {
      return Optional.of("is no option of MySQL Connector/J; check how it is written");
    }
    try {
      definition.parseObject(value, null);
    } catch (CJException | IllegalArgumentException e) {
      return Optional.of("does not take this value; see MySQL Connector/J's documentation");
    }
    if (TIME_ZONES.contains(name) && !isTimeZone(value)) {
      return Optional.of("names no time zone; write one such as Europe/Berlin, or LOCAL");
    }
    if (name.equals("tlsversions") && !TLS_VERSIONS.containsAll(items(value))) {
      return Optional.of("takes TLSv1.2 and TLSv1.3, with commas between");
    }
    if (CLASSES.contains(name) && !items(value).stream().allMatch(DriverOptions::isThere)) {
      return Optional.of("names a class that is not on the class path; correct it, or add its jar");
    }
    return Optional.empty();
  }

  private static boolean isTimeZone(String value) {
    if (value.equalsIgnoreCase("LOCAL") || value.equalsIgnoreCase("SERVER") || value.isEmpty()) {
      return true;
    }
    try {
      var unused = ZoneId.of(value);
      return true;
    } catch (DateTimeException e) {
      return Arrays.asList(TimeZone.getAvailableIDs()).contains(value);
    }
  }

  private static boolean isThere(String className) {
    try {
      Class.forName(className, false, DriverOptions.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private static List<String> items(String value) {
    return Arrays.stream(value.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }
}
