package dev.anabranch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages of the repository, and what they name, as text. */
final class Pages {

  private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?) *$");
  private static final Pattern LINKED = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

  private Pages() {}

  static Path root() {
    var directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("run the test from within the repository");
      }
    }
    return directory;
  }

  /** Every page of the tree; templates of pages are none. */
  static List<Path> all() throws IOException {
    return files(root()).stream()
        .filter(file -> file.toString().endsWith(".md"))
        .filter(file -> !file.toString().contains("archetype-resources"))
        .toList();
  }

  /** Every Java file of the tree, by its class's name. Several may have one name. */
  static Map<String, List<Path>> classes() throws IOException {
    var byName = new HashMap<String, List<Path>>();
    for (var file : files(root())) {
      var name = file.getFileName().toString();
      if (name.endsWith(".java")) {
        byName.computeIfAbsent(name.replace(".java", ""), any -> new ArrayList<>()).add(file);
      }
    }
    return byName;
  }

  /** The page without its blocks of code. */
  static String prose(Path page) {
    return FENCE.matcher(text(page)).replaceAll("");
  }

  /** The anchors of a page's headings, by GitHub's rule. */
  static Set<String> anchors(Path page) {
    var anchors = new HashSet<String>();
    var headings = HEADING.matcher(prose(page));
    while (headings.find()) {
      var anchor = anchor(headings.group(1));
      for (var n = 1; !anchors.add(anchor); n++) {
        anchor = anchor(headings.group(1)) + "-" + n;
      }
    }
    return anchors;
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String anchor(String heading) {
    return LINKED
        .matcher(heading)
        .replaceAll("$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(Files::isRegularFile)
          .filter(
              file -> !directory.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
          .sorted()
          .toList();
    }
  }
}
