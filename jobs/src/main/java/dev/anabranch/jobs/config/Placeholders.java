package dev.anabranch.jobs.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts values in place of {@code ${env:NAME}}, an environment variable, and {@code ${file:PATH}},
 * the content of a file without line breaks at its end. What is put in is not searched again.
 */
final class Placeholders {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(env|file):([^}]*)}");

  private final UnaryOperator<@Nullable String> environment;
  private final List<OptionProblem> problems;

  Placeholders(UnaryOperator<@Nullable String> environment, List<OptionProblem> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  Setting resolve(Setting setting) {
    var values = new ArrayList<String>();
    for (var value : setting.written()) {
      values.add(
          PLACEHOLDER
              .matcher(value)
              .replaceAll(
                  match ->
                      Matcher.quoteReplacement(
                          substitute(setting, match.group(1), match.group(2)))));
    }
    return new Setting(setting.key(), setting.written(), values, setting.source());
  }

  private String substitute(Setting setting, String kind, String name) {
    var value = kind.equals("env") ? environment.apply(name) : contentOf(name);
    if (value != null) {
      return value;
    }
    problems.add(
        OptionProblem.of(
            setting.key(),
            setting,
            kind.equals("env")
                ? "environment variable " + name + " is not set"
                : "file " + name + " can't be read"));
    return "";
  }

  /** Reads a file; null if that can't be done. */
  static @Nullable String contentOf(String path) {
    try {
      return Files.readString(Path.of(path)).replaceFirst("[\\r\\n]+\\z", "");
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }
}
