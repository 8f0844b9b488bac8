package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.FixtureDatabase;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.CommandReply;
import dev.anabranch.model.ReplyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every savepoint that a release has left in {@code src/test/resources/savepoints}, with the
 * databases that belong to it, is taken up by the job of today: each of its commands has the
 * outcome that it had, and new ones go on from there.
 *
 * <p>To make the one of a release: {@code mvn verify -pl jobs -am -Dtest=None
 * -Dit.test=SavepointFixtureITCase -Danabranch.make-fixture=command-0.1.0}. Never make an old one
 * again, for it would no longer be what that release wrote.
 */
class SavepointFixtureITCase {

  private static final Path FIXTURES = Path.of("src", "test", "resources", "savepoints");
  private static final String REGION = "fixture";
  private static final int DATABASES = 2;
  private static final long SEED = 20_261_122;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  /** What became of one command. */
  record Known(
      String aggregate,
      String commandId,
      String command,
      String status,
      long version,
      int shard,
      long offset) {}

  static Stream<Path> fixtures() throws IOException {
    try (var directories = Files.list(FIXTURES)) {
      return directories.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aStoredSavepointIsTakenUp(Path fixture) throws Exception {
    load(fixture);

    takesUp(fixture, fixture.resolve("savepoint").toAbsolutePath().toString());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void itsDatabasesAloneAreEnough(Path fixture) throws Exception {
    load(fixture);

    takesUp(fixture, null);
  }

  @Test
  @EnabledIfSystemProperty(named = "anabranch.make-fixture", matches = "[a-z0-9.-]+")
  void makesTheFixtureOfThisRelease() throws Exception {
    var fixture = FIXTURES.resolve(System.getProperty("anabranch.make-fixture"));
    assertThat(fixture).as("make a new one, never an old one again").doesNotExist();
    createSchemas();
    var job = region.submit(null, settings());
    job.awaitRunning();
    var known = new ArrayList<Known>();
    try (var client = client()) {
      for (var command : commands()) {
        known.add(known(command, client.send(command, ReplyLevel.COMMITTED).join()));
      }
    }
    var savepoint = Path.of(java.net.URI.create(job.stopWithSavepoint()));

    Files.createDirectories(fixture);
    copy(savepoint, Files.createDirectories(fixture.resolve("savepoint")));
    for (var i = 0; i < DATABASES; i++) {
      var database = region.database(i);
      Files.write(
          fixture.resolve("db" + i + ".sql"),
          FixtureDatabase.dump(url(i), database.user(), database.password()));
    }
    Files.writeString(fixture.resolve("outcomes.json"), JSON.writeValueAsString(known) + "\n");
  }

  private void takesUp(Path fixture, @Nullable String savepoint) throws Exception {
    var known = List.of(JSON.readValue(fixture.resolve("outcomes.json").toFile(), Known[].class));
    var job = region.submit(savepoint, settings());
    job.awaitRunning();

    var versions = new HashMap<String, Long>();
    try (var client = client()) {
      for (var each : known) {
        var repeat = purseCommand(each.aggregate(), each.command()).withCommandId(each.commandId());
        var reply = client.send(repeat, ReplyLevel.COMMITTED).join();
        assertThat(known(repeat, reply)).isEqualTo(each);
        assertThat(reply.repeated()).isTrue();
        versions.merge(each.aggregate(), each.version(), Math::max);
      }
      for (var aggregate : versions.keySet()) {
        var reply = client.send(purseCommand(aggregate, "deposit 1"), ReplyLevel.COMMITTED).join();
        assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
        assertThat(reply.body().version()).isEqualTo(versions.get(aggregate) + 1);
      }
    }
    assertThat(known).hasSizeGreaterThan(50);
    assertThat(job.lastFailure()).isEmpty();
  }

  private static List<Command> commands() {
    var random = new Random(SEED);
    var texts =
        List.of(
            "deposit 50",
            "withdraw 20",
            "withdraw 100000",
            "nothing",
            "twice 5",
            "gift",
            "coin",
            "deposit-and-read 3",
            "big 300");
    var commands = new ArrayList<Command>();
    for (var i = 0; i < 120; i++) {
      var aggregate = (i % 4 == 0 ? "Pouch/" : "Purse/") + random.nextInt(20);
      var text = texts.get(random.nextInt(texts.size()));
      commands.add(purseCommand(aggregate, text).withCommandId("fixture-" + i));
    }
    return commands;
  }

  private static Known known(Command command, CommandReply reply) {
    var backing = reply.backing();
    assertThat(backing).as("the row behind %s", reply).isNotNull();
    return new Known(
        command.aggregate().toString(),
        command.commandId(),
        new String(command.payload().data(), java.nio.charset.StandardCharsets.UTF_8),
        reply.status().name(),
        reply.body().version(),
        backing.position().shard(),
        backing.position().offset());
  }

  private void load(Path fixture) throws Exception {
    createSchemas();
    for (var i = 0; i < DATABASES; i++) {
      var database = region.database(i);
      FixtureDatabase.load(
          url(i),
          database.user(),
          database.password(),
          Files.readAllLines(fixture.resolve("db" + i + ".sql")));
    }
  }

  /**
   * Empty ones. A savepoint names the topics that it has read, so the names are always the same;
   * what another test has sent must not be read.
   */
  private void createSchemas() throws Exception {
    deleteTopics();
    for (var i = 0; i < DATABASES; i++) {
      var database = region.database(i);
      FixtureDatabase.load(
          database.jdbcUrl(""),
          database.user(),
          database.password(),
          List.of("DROP DATABASE IF EXISTS " + schema(), "CREATE DATABASE " + schema()));
    }
  }

  private void deleteTopics() throws Exception {
    Map<String, Object> kafka = Map.of("bootstrap.servers", region.kafka().bootstrapServers());
    try (var admin = Admin.create(kafka)) {
      var ours = new ArrayList<>(admin.listTopics().names().get());
      ours.removeIf(topic -> !topic.endsWith("." + REGION));
      admin.deleteTopics(ours).all().get();
      Await.until(
          "the topics to be gone",
          () -> {
            try {
              return Collections.disjoint(admin.listTopics().names().get(), ours);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  private Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    settings.put("region.name", REGION);
    settings.put("commands.group-id", schema());
    for (var i = 0; i < DATABASES; i++) {
      settings.put("store.database.db" + i + ".url", url(i));
    }
    return settings;
  }

  private CommandClient client() {
    return CommandClient.builder()
        .bootstrapServers(region.kafka().bootstrapServers())
        .commandsTopic("commands." + REGION)
        .replyTopic("replies." + REGION)
        .timeout(Duration.ofSeconds(60))
        .build();
  }

  private String url(int database) {
    return region.database(database).jdbcUrl(schema());
  }

  private String schema() {
    return "fixture_" + region.name();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.list(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
