package dev.anabranch.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.jobs.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed reference is what the declarations say. */
class OptionsReferenceTest {

  @Test
  void theReferenceIsUpToDate() throws IOException {
    expect("command-job-options.md", OptionsReference.text());
    expect("projection-job-options.md", OptionsReference.projectionJob());
    expect("cross-region-job-options.md", OptionsReference.crossRegionJob());
  }

  private static void expect(String name, String text) throws IOException {
    var page = Reference.page(name);
    if (Boolean.getBoolean("anabranch.update-docs")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, text);
    }
    assertThat(page).hasContent(text);
  }

  @Test
  void descriptionsAreSentences() {
    assertThat(
            Stream.of(
                    CommandJobOptions.SECTIONS,
                    ProjectionJobOptions.SECTIONS,
                    CrossRegionJobOptions.SECTIONS)
                .flatMap(sections -> sections.values().stream())
                .flatMap(options -> options.stream()))
        .allSatisfy(
            option -> {
              assertThat(option.description()).as(option.key()).matches("(?s)[A-Z`].*\\.");
              assertThat(option.key()).matches("[a-z.<>*-]+");
            });
  }
}
