package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.jobs.region.StoredFixture;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every savepoint that a release's command job has left in {@code src/test/resources/savepoints},
 * with the databases that belong to it, is taken up by the job of today: each of its commands has
 * the outcome that it had, and new ones go on from there.
 *
 * <p>To make the one of a release: {@code mvn verify -pl jobs -am -Dtest=None
 * -Dit.test=SavepointFixtureITCase -Danabranch.make-fixture=command-0.1.0}. Never make an old one
 * again, for it would no longer be what that release wrote.
 */
class SavepointFixtureITCase {

  private static final String REGION = StoredFixture.REGION;
  private static final long SEED = 20_261_122;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  private StoredFixture stored;

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
    return StoredFixture.of("command");
  }

  @BeforeEach
  void bind() {
    stored = new StoredFixture(region);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aStoredSavepointIsTakenUp(Path fixture) throws Exception {
    stored.loadDatabases(fixture);

    takesUp(fixture, StoredFixture.savepoint(fixture));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void itsDatabasesAloneAreEnough(Path fixture) throws Exception {
    stored.loadDatabases(fixture);

    takesUp(fixture, null);
  }

  @Test
  @EnabledIfSystemProperty(named = "anabranch.make-fixture", matches = "command-[0-9.]+")
  void makesTheFixtureOfThisRelease() throws Exception {
    var fixture = StoredFixture.fresh(System.getProperty("anabranch.make-fixture"));
    stored.createSchemas();
    var job = region.submit(null, stored.settings());
    job.awaitRunning();
    var known = new ArrayList<Known>();
    try (var client = client()) {
      for (var command : commands()) {
        known.add(known(command, client.send(command, ReplyLevel.COMMITTED).join()));
      }
    }
    stored.write(fixture, job.stopWithSavepoint());
    Files.writeString(fixture.resolve("outcomes.json"), JSON.writeValueAsString(known) + "\n");
  }

  private void takesUp(Path fixture, @Nullable String savepoint) throws Exception {
    var known = List.of(JSON.readValue(fixture.resolve("outcomes.json").toFile(), Known[].class));
    var job = region.submit(savepoint, stored.settings());
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

  private CommandClient client() {
    return CommandClient.builder()
        .bootstrapServers(region.kafka().bootstrapServers())
        .commandsTopic("commands." + REGION)
        .replyTopic("replies." + REGION)
        .timeout(Duration.ofSeconds(60))
        .build();
  }
}
