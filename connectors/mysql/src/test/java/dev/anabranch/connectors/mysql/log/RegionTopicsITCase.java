package dev.anabranch.connectors.mysql.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.mysql.TestServer;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics that a region knows by their ids, in two databases of which one may be away. */
class RegionTopicsITCase {

  private final String left = TestServer.newSchema();
  private final String right = TestServer.newSchema();
  private final MySqlStoreConfig config =
      TestServer.config(
          8, TestServer.database("a", left, "0-3"), TestServer.database("b", right, "4-7"));
  private final RegionTopics topics = new RegionTopics(config);

  @BeforeEach
  void migrate() {
    new SchemaMigrator(config).migrate();
  }

  @AfterEach
  void drop() throws Exception {
    try (var connection = TestServer.connect("");
        var statement = connection.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS " + left);
      statement.execute("DROP DATABASE IF EXISTS " + right);
    }
  }

  @Test
  void theFirstTimeATopicIsAdopted() {
    var before = topics.note(Map.of("commands.a", "one"));

    assertThat(before.topics()).isEmpty();
    assertThat(before.problems()).isEmpty();
    assertThat(topics.read().topics())
        .containsOnly(Map.entry("commands.a", new RegionTopics.Noted("one", 1)));
  }

  @Test
  void anotherIdIsAnotherGeneration() {
    topics.note(Map.of("commands.a", "one", "events.a", "e"));

    var before = topics.note(Map.of("commands.a", "two", "events.a", "e"));

    assertThat(before.topics()).containsEntry("commands.a", new RegionTopics.Noted("one", 1));
    assertThat(topics.read().topics())
        .containsEntry("commands.a", new RegionTopics.Noted("two", 2))
        .containsEntry("events.a", new RegionTopics.Noted("e", 1));
  }

  @Test
  void theNewestHoldsIfADatabaseWasAwayWhenATopicChanged() throws Exception {
    topics.note(Map.of("commands.a", "one"));
    topics.note(Map.of("commands.a", "two"));
    try (var connection = TestServer.connect(left);
        var statement = connection.createStatement()) {
      statement.execute("UPDATE region_topic SET topic_id = 'one', generation = 1");
    }

    assertThat(topics.read().topics())
        .containsEntry("commands.a", new RegionTopics.Noted("two", 2));
    topics.note(Map.of("commands.a", "two"));

    try (var connection = TestServer.connect(left)) {
      assertThat(TestServer.number(connection, "SELECT generation FROM region_topic")).isEqualTo(2);
    }
  }
}
