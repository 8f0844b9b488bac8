package dev.anabranch.connectors.mysql.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.store.StoreLayoutException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MySqlStoreConfigTest {

  private static final String SECRET = "hunter2-tr0ub4dor";

  @Test
  void everyShardHasItsDatabase() {
    var config = config(8, database("a", "0-2,6"), database("b", "3-5,7"));

    assertThat(config.homes()).containsExactly(0, 0, 0, 1, 1, 1, 0, 1);
  }

  @Test
  void aGapIsNamed() {
    assertThatThrownBy(() -> config(512, database("a", "0-99"), database("b", "200-500")))
        .isInstanceOf(StoreLayoutException.class)
        .hasMessage(
            "shards 100-199,501-511 have no database: the databases' ranges must cover 0-511");
  }

  @Test
  void anOverlapIsNamed() {
    assertThatThrownBy(() -> config(512, database("a", "0-300"), database("b", "256-511")))
        .isInstanceOf(StoreLayoutException.class)
        .hasMessage(
            "shards 256-300 of database 'b' belong to another database as well:"
                + " give each shard one home");
  }

  @Test
  void shardsBeyondTheCountAreNamed() {
    assertThatThrownBy(() -> config(8, database("a", "0-9")))
        .isInstanceOf(StoreLayoutException.class)
        .hasMessage("shards 8-9 are configured, but 8 shards end at 7: correct the ranges");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(40_000, database("a", "0-9")))
        .withMessage("shard count 40000 must be 1 to 32768");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MySqlStoreConfig(
                    "eu", 8, 9, List.of(database("a", "0-7")), SessionSettings.DEFAULTS))
        .withMessage("events partitions 9 must be 1 to the shard count, 8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(8, database("a", "0-3"), database("a", "4-7")))
        .withMessage("two databases are named 'a'");
  }

  @Test
  void aSocketTimeoutBelowTheLockWaitIsRefused() {
    var second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SessionSettings.DEFAULTS.withTimeouts(second, second, second.multipliedBy(5)))
        .withMessageContaining("socket timeout (PT1S) longer than the lock wait timeout (PT5S)");
  }

  @Test
  void noPasswordIsEverShown() {
    var config =
        config(
            1,
            new DatabaseConfig(
                "a",
                "jdbc:mysql://db1:3306/events?trustCertificateKeyStorePassword=" + SECRET,
                "app",
                SECRET,
                ShardRanges.of(0, 0)));

    assertThat(config.toString() + new MySqlEventStoreFactory(config))
        .contains("db1:3306/events", "user app")
        .doesNotContain(SECRET);
  }

  @Test
  void theFactoryTravelsWithTheJobGraph() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(new MySqlEventStoreFactory(config(8, database("a", "0-7"))));
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject())
          .hasToString(new MySqlEventStoreFactory(config(8, database("a", "0-7"))).toString());
    }
  }

  private static MySqlStoreConfig config(int shards, DatabaseConfig... databases) {
    return new MySqlStoreConfig("eu", shards, 1, List.of(databases), SessionSettings.DEFAULTS);
  }

  private static DatabaseConfig database(String name, String shards) {
    return new DatabaseConfig(
        name, "jdbc:mysql://db1:3306/events", "app", SECRET, ShardRanges.parse(shards));
  }
}
