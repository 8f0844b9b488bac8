package dev.anabranch.playground.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the demo ends: without any server, only the order and the files. */
class DemoPartsTest {

  @TempDir private Path temporary;

  private final List<String> closed = new ArrayList<>();
  private final DemoParts parts = new DemoParts();

  @Test
  void whatWasOpenedLastIsClosedFirstAndOnce() {
    parts.use(() -> closed.add("first"));
    parts.use(() -> closed.add("second"));

    parts.close();
    parts.close();

    assertThat(closed).containsExactly("second", "first");
    assertThat(parts.isEnding()).isTrue();
  }

  @Test
  void onePartThatFailsToEndDoesNotKeepTheOthers() {
    parts.use(() -> closed.add("first"));
    parts.use(
        () -> {
          throw new IOException("stuck");
        });

    parts.close();

    assertThat(closed).containsExactly("first");
  }

  @Test
  void nothingIsOpenedAfterTheEnd() {
    parts.close();

    assertThatThrownBy(() -> parts.use(() -> closed.add("late")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the demo is ending");
  }

  @Test
  void theFilesAreDeletedWithTheDirectoryThatTheDemoMade() throws IOException {
    var directory = DemoDirectory.create(temporary.resolve("new"));
    Files.createDirectories(directory.resolve("kafka/logs"));
    Files.writeString(directory.resolve("kafka/logs/1.log"), "x");

    directory.delete();

    assertThat(temporary.resolve("new")).doesNotExist();
  }

  @Test
  void aDirectoryThatWasThereStaysEmpty() throws IOException {
    var directory = DemoDirectory.create(temporary);
    Files.writeString(directory.resolve("region.yaml"), "x");

    directory.delete();

    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aDirectoryWithSomethingInItIsNotUsable() throws IOException {
    assertThat(Demo.isUsable(temporary)).isTrue();
    assertThat(Demo.isUsable(temporary.resolve("none"))).isTrue();
    Files.writeString(temporary.resolve("file"), "x");
    assertThat(Demo.isUsable(temporary)).isFalse();
    assertThat(Demo.isUsable(temporary.resolve("file"))).isFalse();
  }
}
