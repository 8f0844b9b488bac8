package dev.anabranch.jobs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Each metric that the sources name is on a page of the reference, and none is there for nothing.
 */
class MetricsPagesTest {

  private static final Path TREE = tree();
  private static final List<String> MODULES = List.of("jobs", "operators", "connectors", "state");
  private static final List<String> PAGES =
      List.of("metrics.md", "projection-metrics.md", "cross-region-metrics.md");
  private static final Pattern NAMED =
      Pattern.compile("\\b(?:counter|gauge|histogram|meter)\\(\\s*\"(\\w+)\"");

  /** The last part of a name, anywhere. */
  private static final Pattern SAID = Pattern.compile("`(?:[\\w.<>]*\\.)?(\\w+)`");

  /** The same in a table's first column, or at the beginning of a list's line. */
  private static final Pattern LISTED = Pattern.compile("(?m)^(?:\\| |- )" + SAID.pattern());

  @Test
  void everyMetricIsDescribed() throws IOException {
    var named = named();
    var described = described(SAID);

    assertThat(named).containsKeys("commandsIn", "recordsExpired", "lagCommits", "commitsHeld");
    named.keySet().removeAll(described);
    assertThat(named).as("metrics that no page describes").isEmpty();
  }

  @Test
  void whatIsDescribedIsMeasured() throws IOException {
    var described = described(LISTED);

    described.removeAll(named().keySet());
    assertThat(described).as("described, though no source names it").isEmpty();
  }

  private static Path tree() {
    var folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("docs/reference"))) {
      folder = requireNonNull(folder.getParent(), "run within the tree");
    }
    return folder;
  }

  /** Names, with the files that have them. */
  private static TreeMap<String, String> named() throws IOException {
    var named = new TreeMap<String, String>();
    for (var module : MODULES) {
      try (var files = Files.walk(TREE.resolve(module))) {
        for (var file : files.filter(MetricsPagesTest::isSource).toList()) {
          var names = NAMED.matcher(Files.readString(file));
          while (names.find()) {
            named.put(names.group(1), TREE.relativize(file).toString());
          }
        }
      }
    }
    return named;
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java") && file.toString().contains("/src/main/");
  }

  private static TreeSet<String> described(Pattern pattern) throws IOException {
    var described = new TreeSet<String>();
    for (var page : PAGES) {
      var names = pattern.matcher(Files.readString(TREE.resolve("docs/reference").resolve(page)));
      while (names.find()) {
        described.add(names.group(1));
      }
    }
    return described;
  }
}
