package dev.anabranch.playground.demo;

import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;

/** Sends what Flink, Kafka and the drivers log to a file while the demo runs. */
final class DemoLog implements AutoCloseable {

  private DemoLog() {}

  static DemoLog to(Path file) {
    var builder = ConfigurationBuilderFactory.newConfigurationBuilder();
    builder.setStatusLevel(Level.ERROR);
    builder.add(
        builder
            .newAppender("file", "File")
            .addAttribute("fileName", file.toString())
            .add(
                builder
                    .newLayout("PatternLayout")
                    .addAttribute("pattern", "%d{HH:mm:ss.SSS} %-5level [%t] %c{1.} - %msg%n%ex")));
    // At every checkpoint, for each sink.
    builder.add(builder.newLogger("org.apache.flink.runtime.metrics.groups", Level.ERROR));
    builder.add(builder.newRootLogger(Level.INFO).add(builder.newAppenderRef("file")));
    Configurator.reconfigure(builder.build());
    return new DemoLog();
  }

  /** Logs as before again. */
  @Override
  public void close() {
    Configurator.reconfigure();
  }
}
