package dev.anabranch.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainPathTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"my cluster", "projekt-ü", "a,b", "proj[1]", "50%", "a:b", "a#b", "q?"})
  void aFolderThatAServerReadsOtherwiseIsRefusedAndNothingIsMade(String name) {
    var folder = directory.resolve(name);

    assertThatThrownBy(() -> BrokerFiles.prepare(KafkaBrokerConfig.in(folder)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("do not all take the character");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theMessageNamesTheCharacterAndTheRemedy() {
    assertThatThrownBy(
            () -> PlainPath.require(Path.of("/x/my cluster"), "the folder", "Name another one."))
        .hasMessageContaining("the folder can't be /x/my cluster")
        .hasMessageContaining("the character ' '")
        .hasMessageEndingWith("Name another one.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "a-b_c.d", "1@x", "v2+3", "k=v", "~me"})
  void ordinaryNamesAreTaken(String name) throws Exception {
    var folder = Files.createDirectory(directory.resolve(name));

    assertThat(PlainPath.require(folder, "it", "")).isEqualTo(folder.toAbsolutePath());
  }
}
