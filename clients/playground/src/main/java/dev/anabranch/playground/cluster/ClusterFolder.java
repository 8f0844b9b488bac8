package dev.anabranch.playground.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Optional;

/** The one folder in which everything of a local cluster is. */
public final class ClusterFolder {

  /** Says that a folder is a cluster's, so that nothing else is ever deleted. */
  private static final String MARKER = "cluster.json";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final int DELETE_ATTEMPTS = 40;

  private final Path path;

  public ClusterFolder(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  public Path path() {
    return path;
  }

  /** Whether a cluster was made here. */
  public boolean exists() {
    return Files.exists(path.resolve(MARKER));
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  Path directory(String name) {
    try {
      return Files.createDirectories(path.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + path.resolve(name), e);
    }
  }

  public Path regionFile() {
    return path.resolve("region.yaml");
  }

  public Path log(String process) {
    return path.resolve("logs").resolve(process + ".log");
  }

  ClusterSettings settings() {
    return read(MARKER, ClusterSettings.class)
        .orElseThrow(
            () -> new ClusterException("there is no cluster in " + path + "; start one: up"));
  }

  void settings(ClusterSettings settings) {
    write(MARKER, settings);
  }

  Optional<SubmittedJob> job(JobKind kind) {
    return read(kind.recordFile(), SubmittedJob.class);
  }

  void job(JobKind kind, SubmittedJob job) {
    write(kind.recordFile(), job);
  }

  /** What the last upgrade replaced. */
  Optional<SubmittedJob> previousJob(JobKind kind) {
    return read(kind.previousFile(), SubmittedJob.class);
  }

  void previousJob(JobKind kind, SubmittedJob job) {
    write(kind.previousFile(), job);
  }

  /** There is nothing to go back to any more. */
  void forgetPreviousJob(JobKind kind) {
    try {
      Files.deleteIfExists(path.resolve(kind.previousFile()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path.resolve(kind.previousFile()), e);
    }
  }

  /**
   * Makes other commands on this cluster wait their turn; they fail at once, as a person may have
   * typed both.
   */
  public AutoCloseable lock() {
    try {
      Files.createDirectories(path);
      var channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      var lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw busy();
      }
      return channel;
    } catch (OverlappingFileLockException e) {
      throw busy();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + path, e);
    }
  }

  private ClusterException busy() {
    return new ClusterException(
        "another command is at work on the cluster in " + path + "; wait for it to end");
  }

  /** Writes a text; a reader sees the old one or the new one. */
  void write(String name, String text) {
    var file = path.resolve(name);
    try {
      Files.createDirectories(file.getParent());
      var fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      // Some hold passwords, if only of servers that nobody else can reach.
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  void write(String name, Object value) {
    try {
      write(name, JSON.writeValueAsString(value) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + name, e);
    }
  }

  <T> Optional<T> read(String name, Class<T> type) {
    try {
      return Optional.of(JSON.readValue(Files.readString(path.resolve(name)), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ClusterException(
          "cannot read "
              + path.resolve(name)
              + ", maybe of another release: "
              + e.getMessage()
              + "; end the cluster with the release that made it",
          e);
    }
  }

  /** Deletes the cluster's files; processes that have just ended may still hold some. */
  void delete() {
    if (!exists()) {
      return;
    }
    for (var attempt = 1; ; attempt++) {
      try {
        deleteOnce();
        return;
      } catch (IOException | UncheckedIOException e) {
        if (attempt == DELETE_ATTEMPTS) {
          throw new ClusterException("could not delete " + path + ": " + e.getMessage(), e);
        }
        Waiting.pause();
      }
    }
  }

  /** The marker goes last: what is left after a failure is still a cluster's. */
  private void deleteOnce() throws IOException {
    var marker = path.resolve(MARKER);
    try (var tree = Files.walk(path)) {
      for (var each : tree.sorted(Comparator.reverseOrder()).toList()) {
        if (!each.equals(marker) && !each.equals(path)) {
          Files.deleteIfExists(each);
        }
      }
    }
    Files.deleteIfExists(marker);
    Files.deleteIfExists(path);
  }
}
