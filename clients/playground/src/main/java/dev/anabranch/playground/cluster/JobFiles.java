package dev.anabranch.playground.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/** The jars that were submitted, and what the job left to start from. */
final class JobFiles {

  private static final String METADATA = "_metadata";

  private final ClusterFolder folder;
  private final JobKind kind;

  JobFiles(ClusterFolder folder, JobKind kind) {
    this.folder = folder;
    this.kind = kind;
  }

  /** Where the job's savepoints go. */
  Path savepoints() {
    return folder.directory(kind.folder("savepoints"));
  }

  private Path checkpoints() {
    return folder.directory(kind.folder("checkpoints"));
  }

  /** A copy that no later build overwrites; the same content gives the same file. */
  Path keep(Path jar) {
    if (!Files.isRegularFile(jar)) {
      throw new ClusterException(
          jar + " is no file; build it first, for instance with mvn package");
    }
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
      var name = HexFormat.of().formatHex(digest, 0, 6) + "-" + jar.getFileName();
      var copy = folder.directory("jars").resolve(name);
      if (!Files.exists(copy)) {
        var fresh = copy.resolveSibling(name + ".new");
        Files.copy(jar, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy " + jar, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Makes the job's jars the ones that Application Mode runs. */
  void putInUserLibrary(SubmittedJob job) {
    var library = folder.directory("flink/usrlib");
    try {
      try (var old = Files.list(library)) {
        for (var each : old.toList()) {
          Files.delete(each);
        }
      }
      for (var jar : Stream.concat(Stream.of(job.jar()), job.domainJars().stream()).toList()) {
        Files.copy(Path.of(jar), library.resolve(Path.of(jar).getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot fill " + library, e);
    }
  }

  /**
   * Where to start from.
   *
   * @param wanted {@code latest}, {@code none}, or a folder with a savepoint or checkpoint
   * @return a URI, or empty: from nothing but the store
   */
  String startFrom(String wanted) {
    if (wanted.equals("none")) {
      return "";
    }
    if (wanted.equals("latest")) {
      return latest().map(path -> path.toUri().toString()).orElse("");
    }
    var path = Path.of(wanted.startsWith("file:") ? java.net.URI.create(wanted).getPath() : wanted);
    if (!Files.exists(path.resolve(METADATA))) {
      throw new ClusterException(
          wanted
              + " is no savepoint or checkpoint (no "
              + METADATA
              + " in it); give its folder, `latest` or `none`");
    }
    return path.toAbsolutePath().normalize().toUri().toString();
  }

  /** The newest complete savepoint or retained checkpoint of any job of this kind. */
  Optional<Path> latest() {
    try (var checkpoints = candidates(checkpoints(), 3);
        var savepoints = candidates(savepoints(), 2)) {
      return Stream.concat(checkpoints, savepoints)
          .max(java.util.Comparator.comparing(JobFiles::modifiedMillis))
          .map(Path::getParent);
    }
  }

  /**
   * Takes the checkpoints of a job out of what {@link #latest} finds, and keeps them: those of a
   * release that was given up are no place for the one before it to start from.
   */
  void setAside(String jobId) {
    var checkpoints = checkpoints().resolve(jobId);
    if (!Files.isDirectory(checkpoints)) {
      return;
    }
    try {
      Files.move(checkpoints, folder.directory("checkpoints-given-up").resolve(jobId));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot move " + checkpoints, e);
    }
  }

  private static Stream<Path> candidates(Path directory, int depth) {
    try {
      return Files.walk(directory, depth)
          .filter(file -> file.getFileName().toString().equals(METADATA));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long modifiedMillis(Path file) {
    return file.toFile().lastModified();
  }
}
