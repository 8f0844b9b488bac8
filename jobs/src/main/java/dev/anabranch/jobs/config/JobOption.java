package dev.anabranch.jobs.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.jspecify.annotations.Nullable;

/**
 * One option of a job: Flink's declaration of key, type, default and description, with the values
 * that it takes.
 *
 * <p>A key may hold {@link #NAME}, which stands for the name of one of several things of a kind.
 */
public final class JobOption<T> {

  /** The part of a key that the user's configuration names. */
  public static final String NAME = "<name>";

  private final String key;
  private final ConfigOption<T> option;
  private final ValueRule<T> rule;
  private final Absence<T> absence;

  /**
   * What it means that an option is not given.
   *
   * @param value default; of a required option an example, which stands in for it where other
   *     checks go on; null if something else follows from its absence
   * @param text for the reference
   */
  private record Absence<T>(boolean isError, @Nullable T value, String text) {}

  private JobOption(String key, ConfigOption<T> option, ValueRule<T> rule, Absence<T> absence) {
    this.key = key;
    this.option = option;
    this.rule = rule;
    this.absence = absence;
  }

  /** An option with the default value that the declaration gives. */
  public static <T> JobOption<T> withDefault(ConfigOption<T> option, ValueRule<T> rule) {
    var value = option.defaultValue();
    return new JobOption<>(option.key(), option, rule, new Absence<>(false, value, shown(value)));
  }

  /** An option that must be given. */
  public static <T> JobOption<T> required(ConfigOption<T> option, ValueRule<T> rule, T example) {
    return new JobOption<>(option.key(), option, rule, new Absence<>(true, example, "*required*"));
  }

  /**
   * An option that may be left out.
   *
   * @param meaning what happens then, for the reference
   */
  public static <T> JobOption<T> optional(
      ConfigOption<T> option, ValueRule<T> rule, String meaning) {
    return new JobOption<>(option.key(), option, rule, new Absence<>(false, null, meaning));
  }

  /** The option of the thing with this name. */
  public JobOption<T> named(String name) {
    return new JobOption<>(key.replace(NAME, name), option, rule, absence);
  }

  /** Returns this option under another key. */
  public JobOption<T> at(String otherKey) {
    return new JobOption<>(otherKey, option, rule, absence);
  }

  public String key() {
    return key;
  }

  /** What a value must be, for people. */
  public String expected() {
    return rule.expected();
  }

  public String description() {
    return new HtmlFormatter().format(option.description());
  }

  /** What applies if the option is not given, for people. */
  public String defaultText() {
    return absence.text();
  }

  boolean isRequired() {
    return absence.isError();
  }

  /** Default or example; null: there is none. */
  @Nullable T substitute() {
    return absence.value();
  }

  /** The value; null if it is not what is expected. */
  @Nullable T parse(Setting setting) {
    try {
      var value = Configuration.fromMap(Map.of(option.key(), flinkText(setting))).get(option);
      return rule.holds().test(value) ? value : null;
    } catch (RuntimeException e) {
      // Whatever a parser throws, the user gets to read what is expected instead.
      return null;
    }
  }

  /** Flink separates the items of a list by semicolons; people write commas as well. */
  private String flinkText(Setting setting) {
    if (!(absence.value() instanceof List)) {
      return setting.text().strip();
    }
    return setting.values().stream()
        .flatMap(value -> Arrays.stream(value.split("[,;]")))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .collect(Collectors.joining(";"));
  }

  private static String shown(Object value) {
    if (value instanceof Duration duration) {
      return "`" + ValueRule.text(duration) + "`";
    }
    if (value instanceof List<?> list) {
      return list.isEmpty() ? "none" : "`" + list + "`";
    }
    return "`"
        + (value instanceof Enum<?> ? value.toString().toLowerCase(Locale.ROOT) : value)
        + "`";
  }

  @Override
  public String toString() {
    return key;
  }
}
