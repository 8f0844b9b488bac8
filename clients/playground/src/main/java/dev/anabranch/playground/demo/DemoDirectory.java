package dev.anabranch.playground.demo;

import dev.anabranch.playground.traffic.Pause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of one demo, deleted at its end. */
final class DemoDirectory {

  private static final int DELETE_ATTEMPTS = 20;

  private final Path path;
  private final boolean wasThere;

  private DemoDirectory(Path path, boolean wasThere) {
    this.path = path;
    this.wasThere = wasThere;
  }

  /**
   * @param given empty or not there; null: a fresh one among the system's temporary files
   */
  static DemoDirectory create(@Nullable Path given) {
    try {
      if (given == null) {
        return new DemoDirectory(Files.createTempDirectory("anabranch-demo-"), false);
      }
      var path = given.toAbsolutePath().normalize();
      var wasThere = Files.exists(path);
      return new DemoDirectory(Files.createDirectories(path), wasThere);
    } catch (IOException e) {
      throw new UncheckedIOException("can't make the directory of the demo", e);
    }
  }

  Path path() {
    return path;
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  /** Deletes what the demo wrote; servers that are ending may still write for a moment. */
  void delete() {
    for (var attempt = 1; ; attempt++) {
      try {
        for (var each : contents()) {
          Files.deleteIfExists(each);
        }
        return;
      } catch (IOException | UncheckedIOException e) {
        if (attempt == DELETE_ATTEMPTS) {
          throw new IllegalStateException(
              "could not delete the demo's files in " + path + ": " + e.getMessage(), e);
        }
        Pause.millis(50);
      }
    }
  }

  private List<Path> contents() throws IOException {
    if (!Files.exists(path)) {
      return List.of();
    }
    try (var tree = Files.walk(path)) {
      return tree.filter(each -> !wasThere || !each.equals(path))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }
}
