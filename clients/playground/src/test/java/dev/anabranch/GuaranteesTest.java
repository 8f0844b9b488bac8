package dev.anabranch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every test that {@code docs/guarantees.md} names is there, under the name that the page gives.
 */
class GuaranteesTest {

  private static final Pattern NAMED_TEST =
      Pattern.compile("`([A-Z]\\w+(?:Test|ITCase|Conformance))(?:\\.(\\w+))?`");

  @Test
  void everyTestThatAGuaranteeNamesExists() throws IOException {
    var root = repositoryRoot();
    var sources = testSources(root);
    var named = NAMED_TEST.matcher(Files.readString(root.resolve("docs/guarantees.md")));
    var missing = new ArrayList<String>();
    var count = 0;
    while (named.find()) {
      count++;
      var source = sources.get(named.group(1) + ".java");
      var method = named.group(2);
      if (source == null
          || (method != null && !Files.readString(source).contains(" " + method + "("))) {
        missing.add(named.group());
      }
    }

    assertThat(missing).isEmpty();
    assertThat(count).isGreaterThan(10);
  }

  private static Map<String, Path> testSources(Path root) throws IOException {
    List<Path> files;
    try (var walk = Files.walk(root)) {
      files =
          walk.filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.toString().contains("/target/"))
              .toList();
    }
    var byName = new HashMap<String, Path>();
    files.forEach(file -> byName.put(file.getFileName().toString(), file));
    return byName;
  }

  private static Path repositoryRoot() {
    var directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("docs/guarantees.md"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("run the test from within the repository");
      }
    }
    return directory;
  }
}
