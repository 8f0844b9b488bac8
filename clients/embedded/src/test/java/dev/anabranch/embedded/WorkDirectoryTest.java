package dev.anabranch.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WorkDirectoryTest {

  @Test
  void closingDeletesEverythingInIt() throws Exception {
    Path path;
    try (var work = WorkDirectory.create("work")) {
      path = work.path();
      Files.createDirectories(work.resolve("a/b"));
      Files.writeString(work.resolve("a/b/file"), "content");
    }

    assertThat(path).doesNotExist();
  }

  @Test
  void twoOfOneNameAreDifferent() {
    try (var first = WorkDirectory.create("same");
        var second = WorkDirectory.create("same")) {
      assertThat(first.path()).isNotEqualTo(second.path()).isEmptyDirectory();
    }
  }

  @Test
  void deletingWhatIsNotThereIsFine() {
    try (var work = WorkDirectory.create("work")) {
      WorkDirectory.delete(work.resolve("missing"));

      assertThat(work.path()).isEmptyDirectory();
    }
  }

  @Test
  void itLiesInTheBuildFolder() {
    try (var work = WorkDirectory.create("work")) {
      assertThat(work.path()).startsWith(Path.of("target").toAbsolutePath());
    }
  }
}
