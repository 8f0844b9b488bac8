package dev.anabranch.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results as JSON files, one per run. */
public final class ResultFiles {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ResultFiles() {}

  /** Named by date and label, so that none is overwritten by mistake. */
  public static Path write(Path folder, RunResult run) throws IOException {
    return write(folder, run.date(), run.label(), run);
  }

  /**
   * @param date as ISO 8601 writes it
   */
  public static Path write(Path folder, String date, String label, Object run) throws IOException {
    Files.createDirectories(folder);
    var name = date.replaceAll("[^0-9T]", "").substring(0, 13) + "-" + label + ".json";
    var file = folder.resolve(name);
    Files.writeString(file, JSON.writeValueAsString(run) + "\n");
    return file;
  }

  static RunResult read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), RunResult.class);
  }
}
