package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.FixtureDatabase;
import dev.anabranch.jobs.region.PurseReadModel;
import dev.anabranch.jobs.region.ReadSide;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.jobs.region.StoredFixture;
import dev.anabranch.jobs.region.TopicFixture;
import dev.anabranch.model.message.ReplyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every savepoint that a release's projection job has left in {@code
 * src/test/resources/savepoints}, with the query database, the event store and the log that belong
 * to it, is taken up by the job of today: the tables are as they were, and follow new events once.
 *
 * <p>To make the one of a release: {@code mvn verify -pl jobs -am -Dtest=None
 * -Dit.test=ProjectionFixtureITCase -Danabranch.make-fixture=projection-0.1.0}. Never make an old
 * one again, for it would no longer be what that release wrote.
 */
class ProjectionFixtureITCase {

  private static final String LOG = "events." + StoredFixture.REGION;
  private static final Map<String, Long> BALANCES = Map.of("a", 30L, "b", 70L, "c", 1L);

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  private StoredFixture stored;
  private ReadSide reads;

  static Stream<Path> fixtures() throws IOException {
    return StoredFixture.of("projection");
  }

  @BeforeEach
  void bind() {
    stored = new StoredFixture(region);
    reads = new ReadSide(region, PurseReadModel.PROJECTION);
    stored.settings().forEach(reads::option);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aStoredSavepointIsTakenUp(Path fixture) throws Exception {
    stored.loadDatabases(fixture);
    TopicFixture.load(
        region.kafka().bootstrapServers(),
        LOG,
        4,
        TopicFixture.read(fixture.resolve("own-log.jsonl")));
    // Makes the query database.
    reads.execute("DO 0");
    FixtureDatabase.load(
        reads.jdbcUrl(),
        reads.server().user(),
        reads.server().password(),
        Files.readAllLines(fixture.resolve("queries.sql")));
    assertThat(balances()).isEqualTo(BALANCES);

    region.submit(null, stored.settings()).awaitRunning();
    var job = reads.start(StoredFixture.savepoint(fixture));
    handle("Purse/a", "deposit 5");
    handle("Purse/d", "deposit 2");

    var now = new TreeMap<>(BALANCES);
    now.put("a", 35L);
    now.put("d", 2L);
    Await.until("the tables to follow", () -> balances().equals(now));
    assertThat(reads.rows(PurseReadModel.TOTALS, "totals").values())
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("balance", 108L));
    assertThat(job.lastFailure()).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "anabranch.make-fixture", matches = "projection-[0-9.]+")
  void makesTheFixtureOfThisRelease() throws Exception {
    var fixture = StoredFixture.fresh(System.getProperty("anabranch.make-fixture"));
    stored.createSchemas();
    var commands = region.submit(null, stored.settings());
    commands.awaitRunning();
    handle("Purse/a", "deposit 50");
    var job = reads.start();
    handle("Purse/a", "withdraw 20");
    handle("Purse/b", "deposit 70");
    handle("Purse/c", "deposit 1");
    Await.until("the tables to follow", () -> balances().equals(BALANCES));
    var savepoint = job.stopWithSavepoint();
    commands.kill();

    stored.write(fixture, savepoint);
    Files.write(
        fixture.resolve("queries.sql"),
        FixtureDatabase.dump(reads.jdbcUrl(), reads.server().user(), reads.server().password()));
    TopicFixture.write(
        fixture.resolve("own-log.jsonl"),
        TopicFixture.dump(region.kafka().bootstrapServers(), LOG));
  }

  private Map<String, Long> balances() {
    try {
      var balances = new TreeMap<String, Long>();
      for (var row : reads.rows(PurseReadModel.PURSES, "purses").values()) {
        balances.put(String.valueOf(row.get("purse")), (Long) row.get("balance"));
      }
      return balances;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void handle(String aggregate, String text) {
    try (var client =
        CommandClient.builder()
            .bootstrapServers(region.kafka().bootstrapServers())
            .commandsTopic("commands." + StoredFixture.REGION)
            .replyTopic("replies." + StoredFixture.REGION)
            .timeout(Duration.ofSeconds(60))
            .build()) {
      var reply = client.send(purseCommand(aggregate, text), ReplyLevel.COMMITTED).join();
      assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
    }
  }
}
