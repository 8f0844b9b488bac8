package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed reference is what the declarations say. */
class OptionsReferenceTest {

  @Test
  void theReferenceIsUpToDate() throws IOException {
    var page = Docs.reference("command-job-options.md");
    if (Boolean.getBoolean("anabranch.update-docs")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, OptionsReference.text());
    }

    assertThat(page).hasContent(OptionsReference.text());
  }

  @Test
  void descriptionsAreSentences() {
    assertThat(CommandJobOptions.SECTIONS.values().stream().flatMap(options -> options.stream()))
        .allSatisfy(
            option -> {
              assertThat(option.description()).as(option.key()).matches("(?s)[A-Z`].*\\.");
              assertThat(option.key()).matches("[a-z.<>*-]+");
            });
  }

  /** Finds documents from wherever Maven runs the module. */
  static final class Docs {

    private Docs() {}

    static Path reference(String page) {
      var root = Path.of("").toAbsolutePath();
      while (!Files.isDirectory(root.resolve(".mvn"))) {
        root = root.getParent();
      }
      return root.resolve("docs/reference").resolve(page);
    }
  }
}
