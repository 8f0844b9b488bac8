package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The committed reference is what the declarations say. */
class OptionsReferenceTest {

  @Test
  void theReferenceIsUpToDate() throws IOException {
    var page = Reference.page("command-job-options.md");
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
}
