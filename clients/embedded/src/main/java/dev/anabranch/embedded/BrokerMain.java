package dev.anabranch.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The main class of a {@link KafkaProcess}. */
final class BrokerMain {

  /** The second argument of a broker that outlives the JVM that started it. */
  static final String DETACHED = "detached";

  private BrokerMain() {}

  /** Runs a broker until a signal or, unless detached, the end of the JVM that started this one. */
  public static void main(String[] args) throws IOException {
    var settingsFile = Path.of(args[0]);
    var server = BrokerFiles.newServer(settingsFile);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.shutdown();
                  server.awaitShutdown();
                },
                "kafka-shutdown"));
    server.startup();
    Files.writeString(readyFile(settingsFile), "");
    if (args.length > 1 && args[1].equals(DETACHED)) {
      server.awaitShutdown();
      return;
    }
    awaitEndOfParent();
    System.exit(0);
  }

  /** Exists from the moment at which the broker serves; whoever starts a broker deletes it. */
  static Path readyFile(Path settingsFile) {
    return settingsFile.resolveSibling("ready");
  }

  /** Nothing is ever written to this pipe: it ends when the parent does. */
  private static void awaitEndOfParent() throws IOException {
    while (System.in.read() >= 0) {}
  }
}
