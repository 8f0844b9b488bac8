package dev.anabranch.connectors.mysql;

import static dev.anabranch.testkit.query.QueryDatabaseConformance.ORDER;
import static dev.anabranch.testkit.query.QueryDatabaseConformance.PROJECTION;
import static dev.anabranch.testkit.query.QueryDatabaseConformance.THINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.mysql.query.ProjectionTables;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.StoreLayoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Readers see one version or the other, whatever happens to whoever switches. A query of several
 * tables may see one of each on MySQL, which opens views one by one; that is documented.
 */
class SwitchOverITCase {

  private static final VersionId V1 = new VersionId("conformance", 1);
  private static final VersionId V2 = new VersionId("conformance", 2);

  private final TestQueries queries = new TestQueries();

  @BeforeEach
  void beginTwo() throws Exception {
    assertThat(queries.tables().begin(PROJECTION)).isEqualTo(V1);
    assertThat(queries.tables().begin(PROJECTION)).isEqualTo(V2);
    for (var version : List.of("1", "2")) {
      queries.execute(
          "INSERT INTO things_v%s (name, number, amount) VALUES ('a', 1, %s)"
              .formatted(version, version),
          "INSERT INTO order_v%s (`key`, `select`) VALUES (x'01', %s)".formatted(version, version));
    }
  }

  @AfterEach
  void close() {
    queries.close();
  }

  @Test
  void allTablesOfAProjectionAreSwitchedTogether() throws Exception {
    expectVersion(1);
    queries.tables().switchTo(V2);
    expectVersion(2);
    queries.tables().switchTo(V2);
    queries.tables().switchTo(V1);
    expectVersion(1);

    assertThat(queries.tables().live("conformance")).contains(V1);
    assertThatThrownBy(() -> queries.tables().drop(V1))
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("readers see conformance v1");
    queries.tables().drop(V2);
    assertThatThrownBy(() -> queries.tables().switchTo(V2))
        .hasMessageContaining("has no conformance v2");
    expectVersion(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update projection set next_live",
        "create or replace",
        "rename table",
        "update projection set live_version",
        "drop view if exists `order__former`"
      })
  void aSwitchThatWasCutOffIsFinishedByRepeatingIt(String request) throws Exception {
    queries.proxy().dropResponseTo(request);
    assertThatThrownBy(() -> queries.tables().switchTo(V2)).isNotNull();
    queries.proxy().heal();

    // Whatever it came to: the tables of one version, and nothing of it can be dropped.
    var shown = (Long) queries.view(THINGS).get(0).get("amount");
    expectVersion(shown);
    queries.tables().switchTo(V2);

    expectVersion(2);
    assertThat(queries.tables().live("conformance")).contains(V2);
    try (var connection = TestServer.connect(queries.schema())) {
      assertThat(
              TestServer.number(
                  connection,
                  "SELECT COUNT(*) FROM information_schema.views WHERE table_schema = DATABASE()"))
          .isEqualTo(2);
    }
  }

  @Test
  void readersSeeATableAllTheTime() throws Exception {
    var stop = new AtomicBoolean();
    var seen = new ArrayList<Long>();
    var reader =
        CompletableFuture.runAsync(
            () -> {
              try (var connection = TestServer.connect(queries.schema())) {
                while (!stop.get()) {
                  seen.add(TestServer.number(connection, "SELECT SUM(amount) FROM things"));
                  seen.add(TestServer.number(connection, "SELECT SUM(`select`) FROM `order`"));
                }
              } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    for (var i = 0; i < 10; i++) {
      queries.tables().switchTo(i % 2 == 0 ? V2 : V1);
    }
    stop.set(true);
    reader.join();

    assertThat(seen).isNotEmpty();
    assertThat(seen.stream().filter(value -> value != 1 && value != 2)).isEmpty();
  }

  @Test
  void aTableOfSomebodyElseIsNotReplaced() throws Exception {
    var other = new TestQueries();
    try (other) {
      other.execute("CREATE TABLE things (x INT)");
      assertThatThrownBy(() -> other.tables().begin(PROJECTION))
          .isInstanceOf(StoreLayoutException.class)
          .hasMessageContaining("has a table 'things' already")
          .hasMessageContaining("rename it");
    }
  }

  @Test
  void aMissingGrantIsNamedWithTheRemedy() throws Exception {
    queries.execute(
        "CREATE USER IF NOT EXISTS 'reader'@'%' IDENTIFIED BY 'secret'",
        "GRANT SELECT ON " + queries.schema() + ".* TO 'reader'@'%'");
    var tables = new ProjectionTables(queries.config("reader", "secret"), TestQueries.OWNER);
    var projections = dev.anabranch.projection.Projections.of(() -> List.of(PROJECTION));

    assertThatThrownBy(() -> tables.prepare(projections, false))
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("user 'reader' lacks a grant on " + queries.schema())
        .hasMessageContaining("docs/operating/security.md");
    var stranger = new ProjectionTables(queries.config(), new QueryOwner("us", "store-1", 4));
    assertThatThrownBy(() -> stranger.prepare(projections, true))
        .hasMessageContaining("follows region 'eu', not 'us'");
    var restored = new ProjectionTables(queries.config(), new QueryOwner("eu", "store-2", 4));
    assertThatThrownBy(() -> restored.prepare(projections, true))
        .hasMessageContaining("follows event store store-1");
  }

  private void expectVersion(long number) throws Exception {
    assertThat(queries.view(THINGS))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("amount", number));
    assertThat(queries.view(ORDER))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("select", number));
  }
}
