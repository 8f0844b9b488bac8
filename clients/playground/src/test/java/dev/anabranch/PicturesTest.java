package dev.anabranch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each picture of the docs is what its text makes. */
class PicturesTest {

  static Iterable<Path> sources() throws IOException {
    return Picture.sources(Pages.root().resolve("docs/pictures"));
  }

  @ParameterizedTest
  @MethodSource("sources")
  void isMadeOfItsText(Path source) throws IOException {
    assertThat(Files.readString(Picture.svg(source)))
        .as("java clients/playground/src/test/java/dev/anabranch/Picture.java docs/pictures")
        .isEqualTo(Picture.draw(Files.readString(source)));
  }

  @Test
  void thereArePictures() throws IOException {
    assertThat(sources()).hasSizeGreaterThan(1);
  }
}
