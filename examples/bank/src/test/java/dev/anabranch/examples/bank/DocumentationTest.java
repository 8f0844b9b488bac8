package dev.anabranch.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Code in the guides is code of this project: each {@code java} block is found, verbatim, in the
 * file that the comment above it names.
 */
class DocumentationTest {

  private static final Path ROOT = Path.of("../..");
  private static final List<Path> GUIDES =
      List.of(
          ROOT.resolve("README.md"),
          ROOT.resolve("docs/writing-a-domain.md"),
          ROOT.resolve("docs/debugging.md"),
          ROOT.resolve("docs/writing-a-projection.md"));
  private static final Pattern BLOCK =
      Pattern.compile("(?:<!-- (\\S+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);

  record Block(String file, String code) {
    @Override
    public String toString() {
      return file + ": " + code.strip().lines().findFirst().orElse("");
    }
  }

  static List<Block> blocks() throws IOException {
    var blocks = new ArrayList<Block>();
    for (var guide : GUIDES) {
      var matcher = BLOCK.matcher(Files.readString(guide));
      while (matcher.find()) {
        blocks.add(new Block(String.valueOf(matcher.group(1)), matcher.group(2)));
      }
    }
    return blocks;
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void isFoundInItsFile(Block block) throws IOException {
    var file = ROOT.resolve(block.file);

    assertThat(file).exists();
    assertThat(Files.readString(file)).contains(block.code);
  }

  @Test
  void hasBlocks() throws IOException {
    assertThat(blocks()).hasSizeGreaterThan(10);
  }
}
