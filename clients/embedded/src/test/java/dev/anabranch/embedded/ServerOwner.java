package dev.anabranch.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The main class of a JVM that starts a server and ends without stopping it. */
final class ServerOwner {

  private ServerOwner() {}

  /** Takes "database" or "kafka", a directory, and "exit" or, for an end like a kill -9, "halt". */
  public static void main(String[] args) {
    var directory = Path.of(args[1]);
    if (args[0].equals("kafka")) {
      KafkaProcess.start(directory);
    } else {
      EmbeddedDatabase.start(directory);
    }
    if (args[2].equals("halt")) {
      Runtime.getRuntime().halt(0);
    }
    System.exit(0);
  }

  /** Runs such a JVM to its end and returns its server's process, if that is still there. */
  static Optional<ProcessHandle> run(String server, Path directory, String end)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (var name : List.of("anabranch.test.database", "anabranch.mysql.home")) {
      if (System.getProperty(name) != null) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            ServerOwner.class.getName(),
            server,
            directory.toString(),
            end));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException("the owner ended with status " + status);
    }
    return ProcessHandle.of(
        Long.parseLong(Files.readAllLines(directory.resolve("server.pid")).get(0)));
  }
}
