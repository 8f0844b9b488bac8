package dev.anabranch.jobs.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command line taken apart.
 *
 * @param configFile null: none was named
 */
record Arguments(@Nullable String configFile, Map<String, Setting> settings) {

  private static final String CONFIG = "config";

  static Arguments parse(String[] args, List<OptionProblem> problems) {
    var settings = new LinkedHashMap<String, Setting>();
    for (var i = 0; i < args.length; i++) {
      var assignment = assignmentOf(args[i]);
      if (assignment == null) {
        problems.add(
            new OptionProblem("argument " + (i + 1), "is neither --key value nor -Dkey=value"));
        continue;
      }
      var equals = assignment.indexOf('=');
      var key = equals < 0 ? assignment : assignment.substring(0, equals);
      String value;
      if (equals >= 0) {
        value = assignment.substring(equals + 1);
      } else if (i + 1 < args.length && assignmentOf(args[i + 1]) == null) {
        value = args[++i];
      } else {
        problems.add(new OptionProblem("argument --" + key, "has no value"));
        continue;
      }
      settings.put(key, Setting.asWritten(key, List.of(value), "argument --" + key));
    }
    var config = settings.remove(CONFIG);
    return new Arguments(config == null ? null : config.text(), settings);
  }

  /** {@code key} or {@code key=value}; null: the argument is a value. */
  private static @Nullable String assignmentOf(String argument) {
    if (argument.startsWith("--") && argument.length() > 2) {
      return argument.substring(2);
    }
    return argument.startsWith("-D") && argument.indexOf('=') > 2 ? argument.substring(2) : null;
  }
}
