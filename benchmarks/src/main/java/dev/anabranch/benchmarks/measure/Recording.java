package dev.anabranch.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import jdk.jfr.Configuration;
import org.jspecify.annotations.Nullable;

/** A flight recording of one window, if it is wanted. */
public final class Recording {

  private static final Duration SAMPLE_PERIOD = Duration.ofMillis(10);

  private final @Nullable Path file;
  private jdk.jfr.@Nullable Recording running;

  public Recording(@Nullable Path file) {
    this.file = file;
  }

  public static Recording none() {
    return new Recording(null);
  }

  public void start() throws IOException {
    if (file == null) {
      return;
    }
    try {
      var recording = new jdk.jfr.Recording(Configuration.getConfiguration("profile"));
      recording.enable("jdk.ExecutionSample").withPeriod(SAMPLE_PERIOD);
      recording.start();
      running = recording;
    } catch (ParseException e) {
      throw new IllegalStateException("the JDK's own recording settings can't be read", e);
    }
  }

  public void stop() throws IOException {
    var recording = running;
    if (recording != null && file != null) {
      recording.stop();
      recording.dump(file);
      recording.close();
      running = null;
    }
  }
}
