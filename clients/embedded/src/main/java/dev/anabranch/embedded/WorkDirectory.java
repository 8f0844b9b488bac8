package dev.anabranch.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * A fresh, empty directory for the data of embedded servers, deleted with everything in it by
 * {@link #close()}.
 *
 * <p>It lies in {@code target/embedded} of the directory the JVM was started in, which under Maven
 * is the module; {@code -Danabranch.work.directory} names another place, and {@code
 * -Danabranch.work.keep=true} makes {@code close()} leave the data for a look at it. Stop the
 * servers first: one whose files vanish fails in its own ways.
 */
public final class WorkDirectory implements AutoCloseable {

  private static final String DIRECTORY_PROPERTY = "anabranch.work.directory";
  private static final String KEEP_PROPERTY = "anabranch.work.keep";

  private final Path path;

  private WorkDirectory(Path path) {
    this.path = path;
  }

  /** A new directory whose name starts with {@code name}. */
  public static WorkDirectory create(String name) {
    try {
      var base = Files.createDirectories(base());
      return new WorkDirectory(Files.createTempDirectory(base, name + "-"));
    } catch (IOException e) {
      throw new UncheckedIOException("no work directory in " + base(), e);
    }
  }

  /** Where all work directories and the unpacked server programs are; it may not exist yet. */
  public static Path base() {
    return Path.of(System.getProperty(DIRECTORY_PROPERTY, "target/embedded")).toAbsolutePath();
  }

  public Path path() {
    return path;
  }

  /** A path in this directory, for instance the directory of one server. */
  public Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    if (!Boolean.getBoolean(KEEP_PROPERTY)) {
      delete(path);
    }
  }

  /** Deletes a directory with everything in it; one that does not exist is fine. */
  static void delete(Path directory) {
    try (var tree = Files.walk(directory)) {
      for (var each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (NoSuchFileException gone) {
      // Nothing to delete.
    } catch (IOException e) {
      throw new UncheckedIOException("could not delete " + directory, e);
    }
  }
}
