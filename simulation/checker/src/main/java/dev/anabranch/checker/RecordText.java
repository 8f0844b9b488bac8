package dev.anabranch.checker;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A record of a run as text: a line for each {@link Fact}, its name and its values between tabs. So
 * whoever observes a region can write one, in any language.
 *
 * <p>In a value, {@code \t}, {@code \n} and {@code \\} stand for a tab, a line's end and a
 * backslash. Each element of a list ends with {@code \;}.
 */
public final class RecordText {

  private static final String HEADER = "anabranch-record 2";
  private static final String ELEMENT_END = "\\;";
  private static final Map<String, Class<?>> KINDS = new HashMap<>();

  static {
    for (var kind : Fact.class.getPermittedSubclasses()) {
      KINDS.put(kind.getSimpleName(), kind);
    }
  }

  private RecordText() {}

  /** Writes a record to a file, over what it had. */
  public static void write(List<Fact> record, Path file) throws IOException {
    var lines = new ArrayList<String>();
    lines.add(HEADER);
    record.forEach(fact -> lines.add(line(fact)));
    Files.write(file, lines);
  }

  /**
   * Reads a record.
   *
   * @throws IllegalArgumentException naming the line that is none
   */
  public static List<Fact> read(Path file) throws IOException {
    var lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw new IllegalArgumentException(file + " does not begin with '" + HEADER + "'");
    }
    var facts = new ArrayList<Fact>();
    for (var i = 1; i < lines.size(); i++) {
      try {
        facts.add(parse(lines.get(i)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ":" + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return facts;
  }

  static String line(Fact fact) {
    var line = new StringBuilder(fact.getClass().getSimpleName());
    for (var component : fact.getClass().getRecordComponents()) {
      line.append('\t').append(text(valueOf(fact, component)));
    }
    return line.toString();
  }

  static Fact parse(String line) {
    var values = line.split("\t", -1);
    var kind = KINDS.get(values[0]);
    if (kind == null) {
      throw new IllegalArgumentException("no fact is called '" + values[0] + "'");
    }
    var components = kind.getRecordComponents();
    if (values.length != components.length + 1) {
      throw new IllegalArgumentException(
          values[0] + " has " + components.length + " values, not " + (values.length - 1));
    }
    var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    var arguments = new Object[types.length];
    for (var i = 0; i < types.length; i++) {
      arguments[i] = value(values[i + 1], types[i]);
    }
    try {
      return (Fact) kind.getDeclaredConstructor(types).newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("can't make a " + values[0], e);
    }
  }

  private static Object valueOf(Fact fact, RecordComponent component) {
    try {
      return component.getAccessor().invoke(fact);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Object value) {
    if (value instanceof List<?> list) {
      var all = new StringBuilder();
      list.forEach(each -> all.append(escaped(each.toString())).append(ELEMENT_END));
      return all.toString();
    }
    return escaped(value.toString());
  }

  private static Object value(String text, Class<?> type) {
    if (type == int.class) {
      return Integer.parseInt(text);
    } else if (type == long.class) {
      return Long.parseLong(text);
    } else if (type == boolean.class) {
      return Boolean.parseBoolean(text);
    } else if (type == List.class) {
      return elements(text);
    }
    return unescaped(text);
  }

  private static List<String> elements(String text) {
    var elements = new ArrayList<String>();
    var begin = 0;
    for (var at = 0; at + 1 < text.length(); at++) {
      if (text.charAt(at) == '\\') {
        if (text.charAt(at + 1) == ';') {
          elements.add(unescaped(text.substring(begin, at)));
          begin = at + 2;
        }
        at++;
      }
    }
    return elements;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String unescaped(String text) {
    var plain = new StringBuilder();
    for (var at = 0; at < text.length(); at++) {
      var c = text.charAt(at);
      if (c != '\\') {
        plain.append(c);
        continue;
      }
      if (++at == text.length()) {
        throw new IllegalArgumentException("a value ends with a backslash: " + text);
      }
      var code = text.charAt(at);
      switch (code) {
        case 't' -> plain.append('\t');
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        case '\\' -> plain.append('\\');
        default -> throw new IllegalArgumentException("no escape: \\" + code);
      }
    }
    return plain.toString();
  }
}
