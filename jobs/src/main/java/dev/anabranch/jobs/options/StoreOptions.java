package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.time.Duration;
import java.util.List;

/**
 * The event store.
 *
 * @param migrate whether the start creates and upgrades the schema, or only validates it
 */
public record StoreOptions(MySqlStoreConfig config, boolean migrate) {

  static final JobOption<List<String>> DATABASES =
      JobOption.required(
          key("store.databases")
              .stringType()
              .asList()
              .noDefaultValue()
              .withDescription(
                  "Names of the physical databases over which the region's shards are spread, in"
                      + " the order in which the shards are split over them."),
          ValueRule.eachMatching(
              "[A-Za-z0-9_-]{1,32}",
              "names with commas between, each 1 to 32 of a-z, A-Z, 0-9, '_' and '-'"),
          List.of("one"));

  static final JobOption<Duration> CONNECT_TIMEOUT =
      JobOption.withDefault(
          key("store.connect-timeout")
              .durationType()
              .defaultValue(SessionSettings.DEFAULTS.connectTimeout())
              .withDescription("How long to wait for a database that does not answer at all."),
          ValueRule.between(Duration.ofMillis(100), Duration.ofMinutes(5)));

  static final JobOption<Duration> SOCKET_TIMEOUT =
      JobOption.withDefault(
          key("store.socket-timeout")
              .durationType()
              .defaultValue(SessionSettings.DEFAULTS.socketTimeout())
              .withDescription(
                  "How long to wait for the answer to a statement before the connection counts as"
                      + " lost; longer than the 5 s for which a statement may wait for a lock."),
          ValueRule.between(Duration.ofSeconds(6), Duration.ofMinutes(10)));

  static final JobOption<InsertStrategy> INSERT_STRATEGY =
      JobOption.withDefault(
          key("store.insert-strategy")
              .enumType(InsertStrategy.class)
              .defaultValue(SessionSettings.DEFAULTS.insertStrategy())
              .withDescription(
                  "How rows travel to the server: `text` as one statement, the least work; `bind` as"
                      + " bound values, for proxies that do not let arbitrary bytes pass."),
          ValueRule.any("text or bind"));

  static final JobOption<Boolean> MIGRATE =
      JobOption.withDefault(
          key("store.migrate")
              .booleanType()
              .defaultValue(true)
              .withDescription(
                  "Whether the command job and the cross-region job create and upgrade the tables"
                      + " when they start; `false` only validates them, for accounts that may not"
                      + " change a schema. The projection job never changes them."),
          ValueRule.trueOrFalse());

  static final List<JobOption<?>> ALL =
      List.of(
          DATABASES,
          DatabaseOptions.URL,
          DatabaseOptions.USER,
          DatabaseOptions.PASSWORD,
          DatabaseOptions.PASSWORD_FILE,
          DatabaseOptions.SHARDS,
          CONNECT_TIMEOUT,
          SOCKET_TIMEOUT,
          INSERT_STRATEGY,
          MIGRATE);

  /**
   * @param maxRows of one insert
   * @param maxRowBytes of one row
   */
  static StoreOptions read(
      OptionReader reader, RegionOptions region, int maxRows, int maxRowBytes) {
    var sessions =
        new SessionSettings(
            reader.get(CONNECT_TIMEOUT),
            reader.get(SOCKET_TIMEOUT),
            SessionSettings.DEFAULTS.lockWaitTimeout(),
            maxRows,
            maxRowBytes,
            reader.get(INSERT_STRATEGY));
    var databases = DatabaseOptions.read(reader, region.shardCount());
    var config =
        new MySqlStoreConfig(
            region.name().value(),
            region.shardCount(),
            Math.min(region.eventsPartitions(), region.shardCount()),
            databases,
            sessions);
    return new StoreOptions(config, reader.get(MIGRATE));
  }
}
