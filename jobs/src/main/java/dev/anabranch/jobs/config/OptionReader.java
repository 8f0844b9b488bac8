package dev.anabranch.jobs.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes typed values out of {@link Settings} and notes what is wrong, for one report at the end.
 *
 * <p>A value that is missing or wrong is replaced by its default or example, so that reading goes
 * on; {@link #finish} then throws. Keys that nobody asked for are unknown.
 */
public final class OptionReader {

  private final Settings settings;
  private final List<OptionProblem> problems = new ArrayList<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final Set<String> wrong = new HashSet<>();

  public OptionReader(Settings settings) {
    this.settings = settings;
    problems.addAll(settings.problems());
  }

  /** The value of an option that is required or has a default. */
  public <T> T get(JobOption<T> option) {
    return find(option).orElseGet(() -> Objects.requireNonNull(option.substitute(), option::key));
  }

  /** The value of an option as it was given, or its default if it has one. */
  public <T> Optional<T> find(JobOption<T> option) {
    asked.add(option.key());
    var setting = settings.find(option.key()).orElse(null);
    if (setting == null) {
      if (option.isRequired()) {
        wrong(option, null, "is missing; expected " + option.expected());
      }
      return Optional.ofNullable(option.substitute());
    }
    var value = option.parse(setting);
    if (value == null) {
      wrong(option, setting, "expected " + option.expected());
    }
    return Optional.ofNullable(value == null ? option.substitute() : value);
  }

  /** Whether the user's configuration has this key. */
  public boolean isGiven(JobOption<?> option) {
    return settings.find(option.key()).isPresent();
  }

  /**
   * All values whose keys begin with the prefix, by the rest of their keys; they are passed on and
   * not checked.
   *
   * @param separator between the items of a list
   */
  public Map<String, String> withPrefix(String prefix, String separator) {
    var found = new TreeMap<String, String>();
    for (var key : settings.keys()) {
      if (key.startsWith(prefix) && key.length() > prefix.length()) {
        asked.add(key);
        found.put(
            key.substring(prefix.length()),
            String.join(separator, settings.find(key).orElseThrow().values()));
      }
    }
    return found;
  }

  /**
   * Notes that an option's value is wrong, unless something was wrong with it or the others before.
   *
   * @param remedy what is wrong and what is expected instead
   * @param others options that the decision was based on, too
   */
  public void require(boolean holds, JobOption<?> option, String remedy, JobOption<?>... others) {
    if (holds || wrong.contains(option.key())) {
      return;
    }
    for (var other : others) {
      if (wrong.contains(other.key())) {
        return;
      }
    }
    wrong(option, settings.find(option.key()).orElse(null), remedy);
  }

  /** Whether nothing was wrong with the options so far. */
  public boolean isFine(JobOption<?>... options) {
    for (var option : options) {
      if (wrong.contains(option.key())) {
        return false;
      }
    }
    return true;
  }

  /** Notes that what was passed on unchecked under this key can't be. */
  public void contradict(String key, String remedy) {
    problems.add(OptionProblem.of(key, settings.find(key).orElse(null), remedy));
  }

  /** The content of the file that the option names, without line breaks at its end. */
  public String content(JobOption<String> option) {
    var content = find(option).map(Placeholders::contentOf).orElse(null);
    require(content != null, option, "names a file that can't be read");
    return content == null ? "" : content;
  }

  /** Notes that this key has no business here. */
  public void refuse(String key, String remedy) {
    if (asked.add(key)) {
      problems.add(OptionProblem.of(key, settings.find(key).orElse(null), remedy));
    }
  }

  /** The given keys with this prefix. */
  public Set<String> keysWithPrefix(String prefix) {
    var found = new LinkedHashSet<String>();
    settings.keys().stream().filter(key -> key.startsWith(prefix)).forEach(found::add);
    return found;
  }

  /**
   * Ends the reading.
   *
   * @throws InvalidOptionsException if anything was wrong, or a key is unknown
   */
  public void finish() {
    for (var key : settings.keys()) {
      if (!asked.contains(key)) {
        problems.add(
            OptionProblem.of(
                key,
                settings.find(key).orElse(null),
                "is no option"
                    + Similarity.nearest(key, asked)
                        .map(s -> "; did you mean " + s + "?")
                        .orElse("")));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidOptionsException(problems);
    }
  }

  private void wrong(JobOption<?> option, @Nullable Setting setting, String remedy) {
    if (wrong.add(option.key())) {
      problems.add(OptionProblem.of(option.key(), setting, remedy));
    }
  }
}
