package dev.anabranch.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * MySQL as {@code deploy/mysql/fetch-mysql.sh} unpacks it: with the C library and loader of its own
 * distribution, so it runs on systems that are older than it.
 */
final class MySqlSoftware implements DatabaseSoftware {

  private final Path root;

  private MySqlSoftware(Path root) {
    this.root = root;
  }

  /** The one in the folder that {@code -Danabranch.mysql.home} names. */
  static MySqlSoftware configured() {
    var home = System.getProperty("anabranch.mysql.home");
    if (home == null) {
      throw new IllegalStateException(
          "set -Danabranch.mysql.home to the folder that deploy/mysql/fetch-mysql.sh printed");
    }
    var root = Path.of(home).toAbsolutePath().resolve("root");
    if (!Files.isExecutable(root.resolve("usr/sbin/mysqld"))) {
      throw new IllegalStateException(
          "no MySQL in " + home + ": run deploy/mysql/fetch-mysql.sh " + home);
    }
    return new MySqlSoftware(root);
  }

  @Override
  public List<String> initialize(Path dataDirectory) {
    return call(dataDirectory, "--initialize-insecure");
  }

  @Override
  public List<String> server(Path dataDirectory) {
    return call(dataDirectory);
  }

  @Override
  public List<String> tls(ServerCertificate certificate) {
    return List.of(
        "--tls-version=TLSv1.2,TLSv1.3",
        "--ssl-cert=" + certificate.certificateFile(),
        "--ssl-key=" + certificate.keyFile());
  }

  /**
   * The loader runs the server inside its own process, so the process id is the server's. An empty
   * tls-version turns TLS off, and with it the keys that MySQL would make for it.
   */
  private List<String> call(Path dataDirectory, String... more) {
    var usr = root.resolve("usr");
    var command =
        List.of(
            usr.resolve("lib64/ld-linux-x86-64.so.2").toString(),
            "--library-path",
            usr.resolve("lib/x86_64-linux-gnu").toString(),
            usr.resolve("sbin/mysqld").toString(),
            "--no-defaults",
            "--datadir=" + dataDirectory,
            "--basedir=" + usr,
            "--lc-messages-dir=" + usr.resolve("share/mysql"),
            "--character-sets-dir=" + usr.resolve("share/mysql/charsets"),
            "--plugin-dir=" + usr.resolve("lib/mysql/plugin"),
            "--secure-file-priv=NULL",
            "--mysqlx=OFF",
            "--tls-version=",
            "--auto-generate-certs=OFF");
    return Stream.of(command, DatabaseSoftware.userOption(), List.of(more))
        .flatMap(List::stream)
        .toList();
  }
}
