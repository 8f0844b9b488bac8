package dev.anabranch.connectors.mysql.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A JDBC URL taken apart: the address, which may be shown, and the driver's options, which may hold
 * passwords and are never shown.
 *
 * <p>The user's options are kept, TLS above all. Those that the connector relies on are added when
 * a connection is opened; a URL that contradicts one of them is refused, rather than corrected
 * silently.
 */
public final class JdbcUrl {

  /** One host only: a driver that fails over by itself would hide a change of server from us. */
  private static final Pattern URL =
      Pattern.compile("jdbc:mysql://([^/?#@(),]+)/([^/?#@(),]+)(?:\\?([^#]*))?");

  /** What statements, escaping and failure handling are built on. */
  private static final Map<String, String> REQUIRED =
      Map.ofEntries(
          // Each char of a statement becomes the one byte that we meant: see SqlBuffer.
          Map.entry("characterEncoding", "ISO-8859-1"),
          Map.entry("allowMultiQueries", "false"),
          Map.entry("rewriteBatchedStatements", "false"),
          // A session ends with its connection: a silent new one would skip the checks.
          Map.entry("autoReconnect", "false"),
          Map.entry("autoReconnectForPools", "false"),
          Map.entry("jdbcCompliantTruncation", "true"),
          Map.entry("useAffectedRows", "false"),
          Map.entry("allowLoadLocalInfile", "false"),
          Map.entry("dumpQueriesOnException", "false"),
          Map.entry("useServerPrepStmts", "true"),
          Map.entry("cachePrepStmts", "true"));

  private static final Set<String> VERIFYING = Set.of("VERIFY_CA", "VERIFY_IDENTITY");

  /** Not for the URL, because they have an option of their own; the reason is part of a message. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "user", "the user has its own option",
          "username", "the user has its own option",
          "password", "the password has its own option and must not be part of a URL",
          "password1", "the password has its own option and must not be part of a URL",
          "connecttimeout", "the connect timeout has its own option",
          "sockettimeout", "the socket timeout has its own option",
          "sessionvariables", "the session's variables are set by the event store",
          "connectioncollation", "the connection's character set is set by the event store");

  private final String host;
  private final String schema;
  private final Map<String, String> options;

  private JdbcUrl(String host, String schema, Map<String, String> options) {
    this.host = host;
    this.schema = schema;
    this.options = options;
  }

  /**
   * @param name of the database, for the message
   * @throws IllegalArgumentException if the URL is not one of ours; the message does not quote it
   */
  public static JdbcUrl parse(String name, String url) {
    var parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "the URL of database '"
              + name
              + "' must read jdbc:mysql://host:port/schema?options, for MariaDB too: one host, a"
              + " schema, no credentials (it is not shown here, because it may hold some)");
    }
    var options = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    var query = parts.group(3) == null ? "" : parts.group(3);
    for (var option : query.split("&", -1)) {
      if (!option.isEmpty()) {
        var equals = option.indexOf('=');
        var key = equals < 0 ? option : option.substring(0, equals);
        var value = equals < 0 ? "" : option.substring(equals + 1);
        options.put(URLDecoder.decode(key, UTF_8).strip(), URLDecoder.decode(value, UTF_8));
      }
    }
    options.forEach((key, value) -> requireAllowed(name, key, value));
    return new JdbcUrl(parts.group(1), parts.group(2), options);
  }

  private static void requireAllowed(String name, String key, String value) {
    var reason = ELSEWHERE.get(key.toLowerCase(Locale.ROOT));
    if (reason != null) {
      throw new IllegalArgumentException(
          "the URL of database '%s' sets %s: %s".formatted(name, key, reason));
    }
    DriverOptions.problem(key, value)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  "the URL of database '" + name + "' sets " + key + ", which " + problem);
            });
    REQUIRED.forEach(
        (required, requiredValue) -> {
          if (required.equalsIgnoreCase(key) && !requiredValue.equalsIgnoreCase(value)) {
            throw new IllegalArgumentException(
                "the URL of database '%s' sets %s=%s, but the event store needs %s: remove it"
                    .formatted(name, key, value, requiredValue));
          }
        });
  }

  /** Whether the server has to prove who it is, or is on this machine. */
  boolean isVerified() {
    var name = host.startsWith("[") ? host : host.replaceFirst(":\\d*$", "");
    return name.equalsIgnoreCase("localhost")
        || name.startsWith("127.")
        || name.startsWith("[::1]")
        || VERIFYING.contains(options.getOrDefault("sslMode", "").toUpperCase(Locale.ROOT))
        || Boolean.parseBoolean(options.get("verifyServerCertificate"));
  }

  public String schema() {
    return schema;
  }

  /** The URL without options: all that the driver, and whoever logs its URL, gets to see. */
  String address() {
    return "jdbc:mysql://" + host + "/" + schema;
  }

  /** The user's options and the required ones. */
  Properties properties() {
    var properties = new Properties();
    properties.setProperty("passwordCharacterEncoding", "UTF-8");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("enableQueryTimeouts", "false"); // one timer thread less
    properties.setProperty("prepStmtCacheSize", "32");
    properties.setProperty("prepStmtCacheSqlLimit", "131072");
    options.forEach(properties::setProperty);
    REQUIRED.forEach(
        (key, value) -> {
          if (!options.containsKey(key)) {
            properties.setProperty(key, value);
          }
        });
    return properties;
  }

  /** {@code host:port/schema}. */
  @Override
  public String toString() {
    return host + "/" + schema;
  }
}
