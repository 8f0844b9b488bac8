package dev.anabranch.connectors.mysql.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.schema.LayoutCheck;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The topics that a region has worked with: Kafka's id of each, in every database of its event
 * store. A topic that was deleted and made again is known by its other id.
 *
 * <p><b>Recovery.</b> Both methods may be repeated. A database that is away is left out; the next
 * call brings it up to date.
 */
public final class RegionTopics {

  private static final String UPSERT =
      "INSERT INTO region_topic (topic, topic_id, generation, noted_at) VALUES (?, ?, ?, ?)"
          + " ON DUPLICATE KEY UPDATE"
          + " topic_id = IF(VALUES(generation) > generation, VALUES(topic_id), topic_id),"
          + " noted_at = IF(VALUES(generation) > generation, VALUES(noted_at), noted_at),"
          + " generation = GREATEST(VALUES(generation), generation)";

  /**
   * A topic as it was noted.
   *
   * @param generation 1, and one more each time the id has changed
   */
  public record Noted(String topicId, long generation) {}

  /**
   * What is noted.
   *
   * @param topics by name; a topic that the region has not worked with is missing
   * @param problems of databases that could not be asked, or written, a line each with the remedy
   */
  public record Found(Map<String, Noted> topics, List<String> problems) {
    public Found {
      topics = Map.copyOf(topics);
      problems = List.copyOf(problems);
    }
  }

  private final MySqlStoreConfig config;

  public RegionTopics(MySqlStoreConfig config) {
    this.config = config;
  }

  /** What is noted now. */
  public Found read() {
    var newest = new HashMap<String, Noted>();
    var problems = new ArrayList<String>();
    for (var database : config.databases()) {
      var connector = new DatabaseConnector(database, config.sessions());
      try (var connection = open(connector)) {
        rows(connection).forEach((topic, noted) -> newest.merge(topic, noted, RegionTopics::newer));
      } catch (SQLException e) {
        problems.add(problem(connector, "read", "SELECT", e));
      } catch (StoreUnavailableException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return new Found(newest, problems);
  }

  /**
   * Notes the topics as they are now.
   *
   * @param ids Kafka's id of each topic, by name
   * @return what was noted before; a topic that was not is adopted
   */
  public Found note(Map<String, String> ids) {
    var before = read();
    var now = new TreeMap<String, Noted>();
    new TreeMap<>(ids).forEach((topic, id) -> now.put(topic, next(before.topics.get(topic), id)));
    var problems = new ArrayList<>(before.problems);
    for (var database : config.databases()) {
      var connector = new DatabaseConnector(database, config.sessions());
      try (var connection = open(connector)) {
        var missing = new TreeMap<>(now);
        rows(connection).forEach(missing::remove);
        write(connection, missing);
      } catch (SQLException e) {
        problems.add(problem(connector, "note", "INSERT, UPDATE", e));
      } catch (StoreUnavailableException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return new Found(before.topics, problems.stream().distinct().toList());
  }

  private static Noted next(@Nullable Noted before, String id) {
    if (before == null) {
      return new Noted(id, 1);
    }
    return before.topicId.equals(id) ? before : new Noted(id, before.generation + 1);
  }

  private static Noted newer(Noted a, Noted b) {
    return a.generation >= b.generation ? a : b;
  }

  private Connection open(DatabaseConnector connector) {
    try {
      var connection = connector.connect();
      try {
        LayoutCheck.forReading(config).requireReady(connector, connection);
        return connection;
      } catch (SQLException | RuntimeException e) {
        DatabaseConnector.closeQuietly(connection);
        throw e;
      }
    } catch (SQLException e) {
      throw connector.failure("read the topics noted in", e);
    }
  }

  /** None in a database that nobody has migrated yet. */
  private static Map<String, Noted> rows(Connection connection) throws SQLException {
    var rows = new HashMap<String, Noted>();
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery("SELECT topic, topic_id, generation FROM region_topic")) {
      while (result.next()) {
        rows.put(
            new String(result.getBytes(1), UTF_8),
            new Noted(new String(result.getBytes(2), UTF_8), result.getLong(3)));
      }
    } catch (SQLException e) {
      if (e.getErrorCode() != LayoutCheck.NO_SUCH_TABLE) {
        throw e;
      }
    }
    return rows;
  }

  private static void write(Connection connection, Map<String, Noted> topics) throws SQLException {
    var micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    try (var upsert = connection.prepareStatement(UPSERT)) {
      for (var topic : topics.entrySet()) {
        upsert.setBytes(1, topic.getKey().getBytes(UTF_8));
        upsert.setBytes(2, topic.getValue().topicId.getBytes(UTF_8));
        upsert.setLong(3, topic.getValue().generation);
        upsert.setLong(4, micros);
        upsert.executeUpdate();
      }
    }
  }

  private static String problem(
      DatabaseConnector connector, String action, String grant, SQLException e) {
    var failure = connector.failure(action + " the region's topics in", e);
    return failure instanceof StoreLayoutException
        ? "%s: user '%s' may not %s the region's topics, so that a start without a checkpoint can't know whether they were made anew; GRANT %s ON region_topic to it (%s)"
            .formatted(connector.where(), connector.config().user(), action, grant, e.getMessage())
        : String.valueOf(failure.getMessage());
  }
}
