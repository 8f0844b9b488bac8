package dev.anabranch.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The pages in {@code docs/reference}, wherever Maven runs the module. */
public final class Reference {

  private Reference() {}

  public static Path page(String name) {
    var root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve(".mvn"))) {
      root = root.getParent();
    }
    return root.resolve("docs/reference").resolve(name);
  }

  static String read(String name) {
    try {
      return Files.readString(page(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
