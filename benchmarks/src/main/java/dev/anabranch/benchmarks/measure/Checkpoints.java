package dev.anabranch.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/** A folder for the checkpoints of one job, deleted with it. */
public final class Checkpoints implements AutoCloseable {

  private final Path path;

  public Checkpoints(Path work) throws IOException {
    path = Files.createTempDirectory(Files.createDirectories(work), "checkpoints-");
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    // A cluster that has ended may still be deleting its own part.
    FileUtils.deleteDirectory(path.toFile());
  }
}
