package dev.anabranch.jobs.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was configured, by key, with what could not be read: a YAML file, overridden by
 * arguments.
 */
public final class Settings {

  private final Map<String, Setting> byKey;
  private final List<OptionProblem> problems;

  private Settings(Map<String, Setting> byKey, List<OptionProblem> problems) {
    this.byKey = byKey;
    this.problems = problems;
  }

  /**
   * Reads {@code --config FILE}, {@code --key value}, {@code --key=value} and {@code -Dkey=value};
   * the later of two arguments with the same key wins, and both win over the file.
   */
  public static Settings fromArgs(String... args) {
    return fromArgs(System::getenv, args);
  }

  /**
   * @param environment gives the value of an environment variable, or null
   */
  static Settings fromArgs(UnaryOperator<@Nullable String> environment, String... args) {
    var problems = new ArrayList<OptionProblem>();
    var arguments = Arguments.parse(args, problems);
    var merged = new LinkedHashMap<String, Setting>();
    if (arguments.configFile() != null) {
      merged.putAll(YamlFile.read(Path.of(arguments.configFile()), problems));
    }
    merged.putAll(arguments.settings());
    var placeholders = new Placeholders(environment, problems);
    merged.replaceAll((key, setting) -> placeholders.resolve(setting));
    return new Settings(merged, problems);
  }

  /** Settings as a program gives them, without a file. */
  public static Settings of(Map<String, String> values) {
    var settings = new LinkedHashMap<String, Setting>();
    values.forEach(
        (key, value) ->
            settings.put(key, Setting.asWritten(key, List.of(value), "set by the program")));
    return new Settings(settings, List.of());
  }

  Optional<Setting> find(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  Set<String> keys() {
    return byKey.keySet();
  }

  /** What was wrong before any value was looked at. */
  List<OptionProblem> problems() {
    return List.copyOf(problems);
  }
}
