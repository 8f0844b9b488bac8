package dev.anabranch.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

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
    // A cluster that has ended may still be deleting its own part.
    FileUtils.deleteDirectory(path.toFile());
  }
}
