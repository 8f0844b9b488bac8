package dev.anabranch.jobs.config;

import org.jspecify.annotations.Nullable;

/**
 * One mistake in the options.
 *
 * @param where the key, with the value found and its source if there is one
 * @param remedy what is wrong, and what is expected instead
 */
record OptionProblem(String where, String remedy) {

  static OptionProblem of(String key, @Nullable Setting setting, String remedy) {
    return new OptionProblem(
        setting == null ? key : key + " = " + setting.shown() + " (" + setting.source() + ")",
        remedy);
  }

  @Override
  public String toString() {
    return where + "\n      " + remedy;
  }
}
