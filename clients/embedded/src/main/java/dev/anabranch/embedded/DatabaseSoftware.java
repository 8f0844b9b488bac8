package dev.anabranch.embedded;

import java.nio.file.Path;
import java.util.List;

/** The programs of one kind of database: where they are and what is particular in calling them. */
interface DatabaseSoftware {

  /** Fills an empty or missing data directory with the system tables, and ends. */
  List<String> initialize(Path dataDirectory);

  /** Runs the server on an initialized data directory; options that both kinds share come after. */
  List<String> server(Path dataDirectory);

  /** Options that let clients come by TLS. */
  List<String> tls(ServerCertificate certificate);

  static DatabaseSoftware of(DatabaseKind kind) {
    return switch (kind) {
      case MARIADB -> MariaDbSoftware.unpacked();
      case MYSQL -> MySqlSoftware.configured();
    };
  }

  /** Both servers refuse to run as root unless told to, and take the option from root only. */
  static List<String> userOption() {
    return System.getProperty("user.name").equals("root") ? List.of("--user=root") : List.of();
  }
}
