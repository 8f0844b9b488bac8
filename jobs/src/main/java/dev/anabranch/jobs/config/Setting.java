package dev.anabranch.jobs.config;

import java.util.List;

/**
 * One key as somebody wrote it.
 *
 * @param written the values as they stand in the source, several if it is a YAML list
 * @param values the same after substitution of {@code ${env:NAME}} and {@code ${file:PATH}}
 * @param source where it was written, for people: {@code command.yaml, line 3}
 */
record Setting(String key, List<String> written, List<String> values, String source) {

  Setting {
    written = List.copyOf(written);
    values = List.copyOf(values);
  }

  static Setting asWritten(String key, List<String> values, String source) {
    return new Setting(key, values, values, source);
  }

  String text() {
    return String.join(",", values);
  }

  /** What may be printed: the value before substitution, nothing of a secret. */
  String shown() {
    return Secrets.isSecret(key) ? Secrets.HIDDEN : Secrets.hideIn(String.join(",", written));
  }
}
