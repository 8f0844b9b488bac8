package dev.anabranch.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A folder for the checkpoints of one job, deleted with it. */
final class Checkpoints implements AutoCloseable {

  private final Path path;

  Checkpoints(Path work) throws IOException {
    path = Files.createTempDirectory(Files.createDirectories(work), "checkpoints-");
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(path)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
