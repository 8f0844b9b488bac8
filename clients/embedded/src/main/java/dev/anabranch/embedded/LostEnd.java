package dev.anabranch.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes a partition lose its end, as an unclean election does: its files are put back as they were,
 * and the leader that opens them has a greater epoch.
 */
public final class LostEnd {

  private final Path partition;
  private final Map<String, byte[]> files = new HashMap<>();

  private LostEnd(Path partition) {
    this.partition = partition;
  }

  /** Keeps what a partition has now. The broker restarts. */
  public static LostEnd keep(KafkaBroker broker, Path directory, TopicPartition partition) {
    var kept = new LostEnd(directory.resolve("data").resolve(partition.toString()));
    broker.stop();
    kept.each(file -> kept.files.put(file.getFileName().toString(), Files.readAllBytes(file)));
    broker.restart();
    return kept;
  }

  /** Forgets what came since. The broker restarts. */
  public void putBack(KafkaBroker broker) {
    broker.stop();
    each(Files::delete);
    files.forEach(
        (name, bytes) -> {
          try {
            Files.write(partition.resolve(name), bytes);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    broker.restart();
  }

  private interface Step {
    void take(Path file) throws IOException;
  }

  private void each(Step step) {
    try (var found = Files.list(partition)) {
      for (var file : found.toList()) {
        step.take(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
