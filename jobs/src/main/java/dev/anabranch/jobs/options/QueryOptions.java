package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.query.QueryConfig;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.time.Duration;
import java.util.List;

/**
 * The query database.
 *
 * @param migrate whether the start creates what is missing, or only validates it
 */
public record QueryOptions(QueryConfig config, boolean migrate) {

  static final String PREFIX = "query.";
  private static final String EXAMPLE_URL = "jdbc:mysql://mysql:3306/queries";

  static final JobOption<String> URL =
      JobOption.required(
          key("query.url")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Address of the database with the tables of projections, for MariaDB as well"
                      + " `jdbc:mysql://host:port/schema`, with the TLS options of MySQL Connector/J"
                      + " but no credentials. The schema may hold other tables."),
          new ValueRule<>(
              "jdbc:mysql://host:port/schema?options, one host, no credentials",
              QueryOptions::isUrl),
          EXAMPLE_URL);

  static final JobOption<String> USER =
      JobOption.required(
          key("query.user")
              .stringType()
              .noDefaultValue()
              .withDescription("Account under which the job works with the database."),
          ValueRule.matching(".+", "a name"),
          "anabranch");

  static final JobOption<String> PASSWORD =
      JobOption.optional(
          key("query.password")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Password of the account; better than to write it here is `${env:NAME}` or the"
                      + " option `password-file`."),
          ValueRule.any("a password"),
          "this or `password-file` is required");

  static final JobOption<String> PASSWORD_FILE =
      JobOption.optional(
          key("query.password-file")
              .stringType()
              .noDefaultValue()
              .withDescription("File, readable where the job is started, that holds the password."),
          ValueRule.matching(".+", "the path of a file"),
          "this or `password` is required");

  static final JobOption<Duration> CONNECT_TIMEOUT =
      JobOption.withDefault(
          key("query.connect-timeout")
              .durationType()
              .defaultValue(SessionSettings.DEFAULTS.connectTimeout())
              .withDescription("How long to wait for a database that does not answer at all."),
          ValueRule.between(Duration.ofMillis(100), Duration.ofMinutes(5)));

  static final JobOption<Duration> SOCKET_TIMEOUT =
      JobOption.withDefault(
          key("query.socket-timeout")
              .durationType()
              .defaultValue(SessionSettings.DEFAULTS.socketTimeout())
              .withDescription(
                  "How long to wait for the answer to a statement before the connection counts as"
                      + " lost; longer than the 5 s for which a statement may wait for a lock."),
          ValueRule.between(Duration.ofSeconds(6), Duration.ofMinutes(10)));

  static final JobOption<Integer> MAX_ROWS =
      JobOption.withDefault(
          key("query.max-rows-per-statement")
              .intType()
              .defaultValue(500)
              .withDescription("Most rows of a table that one statement changes."),
          ValueRule.between(1, 10_000));

  static final JobOption<Boolean> MIGRATE =
      JobOption.withDefault(
          key("query.migrate")
              .booleanType()
              .defaultValue(true)
              .withDescription(
                  "Whether the job creates what is missing when it starts: its own records, and the"
                      + " first version of each projection. `false` only validates, for accounts that"
                      + " may not change a schema; then `anabranch projections rebuild` creates."),
          ValueRule.trueOrFalse());

  static final List<JobOption<?>> ALL =
      List.of(
          URL, USER, PASSWORD, PASSWORD_FILE, CONNECT_TIMEOUT, SOCKET_TIMEOUT, MAX_ROWS, MIGRATE);

  static QueryOptions read(OptionReader reader) {
    var literal = reader.find(PASSWORD);
    var content = reader.find(PASSWORD_FILE).isPresent() ? reader.content(PASSWORD_FILE) : "";
    reader.require(
        reader.isGiven(PASSWORD) || reader.isGiven(PASSWORD_FILE),
        PASSWORD,
        "is missing; give it, or " + PASSWORD_FILE);
    reader.require(
        !reader.isGiven(PASSWORD) || !reader.isGiven(PASSWORD_FILE),
        PASSWORD,
        "is given together with " + PASSWORD_FILE + "; keep one");
    return new QueryOptions(
        new QueryConfig(
            reader.get(URL),
            reader.get(USER),
            literal.orElse(content),
            reader.get(CONNECT_TIMEOUT),
            reader.get(SOCKET_TIMEOUT),
            reader.get(MAX_ROWS)),
        reader.get(MIGRATE));
  }

  private static boolean isUrl(String url) {
    try {
      QueryConfig.of(url, "", "");
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
