package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.connectors.mysql.conflict.ConflictTable;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.NotesDomain;
import dev.anabranch.jobs.region.PeerLog;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.jobs.region.StoredFixture;
import dev.anabranch.jobs.region.TopicFixture;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.wire.ConflictWire;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.ViewWire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every savepoint that a release's cross-region job has left in {@code
 * src/test/resources/savepoints}, with the databases and logs that belong to it, is taken up by the
 * job of today: it goes on with states, an open conflict, a commit that waits for the one before,
 * and a row that waits for the row before. These two are read from nowhere again, so they can only
 * come from the savepoint.
 *
 * <p>To make the one of a release: {@code mvn verify -pl jobs -am -Dtest=None
 * -Dit.test=CrossRegionFixtureITCase -Danabranch.make-fixture=cross-region-0.1.0}. Never make an
 * old one again, for it would no longer be what that release wrote.
 */
class CrossRegionFixtureITCase {

  private static final DomainLoader DOMAIN = loader -> AggregateTypes.of(new NotesDomain());
  private static final String OWN_LOG = "events." + StoredFixture.REGION;
  private static final String PEER_LOG = "events-of-b." + StoredFixture.REGION;
  private static final String PEER_REQUESTS = "republish-of-b." + StoredFixture.REGION;
  private static final RegionId OWN = new RegionId(StoredFixture.REGION);
  private static final RegionId B = new RegionId(PeerLog.REGION);

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.of(DOMAIN);

  private StoredFixture stored;

  static Stream<Path> fixtures() throws IOException {
    return StoredFixture.of("cross-region");
  }

  @BeforeEach
  void bind() {
    stored = new StoredFixture(region);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aStoredSavepointIsTakenUp(Path fixture) throws Exception {
    stored.loadDatabases(fixture);
    var kafka = region.kafka().bootstrapServers();
    TopicFixture.load(kafka, OWN_LOG, 4, TopicFixture.read(fixture.resolve("own-log.jsonl")));
    TopicFixture.load(
        kafka, PEER_LOG, PeerLog.PARTITIONS, TopicFixture.read(fixture.resolve("peer-log.jsonl")));
    try (var peer = PeerLog.existing(kafka, PEER_LOG)) {
      // So that its counters stand where they stood; these rows are in the topic already.
      var unused = decide(peer);
      region.submit(null, twoRegions()).awaitRunning();
      startCrossRegion(StoredFixture.savepoint(fixture));

      peer.commit("Auto/2", "5");
      Await.until("the state that it had, and on", () -> state("Auto/2").equals("012345"));
      for (var withheld : TopicFixture.read(fixture.resolve("withheld.jsonl"))) {
        peer.send(withheld.message(), withheld.partition());
      }
      Await.until("what waited for the row before", () -> state("Auto/3").equals("abc"));
      Await.until("what waited for the commit before", () -> state("Auto/4").equals("de"));
      assertThat(openConflicts()).isOne();
      peer.commit("Hand/1", "z", new Dot(OWN, 1), new Dot(B, 1));
      Await.until("the conflict is over", () -> openConflicts() == 0);
      assertThat(state("Hand/1")).endsWith("z");
      assertThat(conflicts()).contains("resolved");
      assertThat(region.job().lastFailure()).isEmpty();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "anabranch.make-fixture", matches = "cross-region-[0-9.]+")
  void makesTheFixtureOfThisRelease() throws Exception {
    var fixture = StoredFixture.fresh(System.getProperty("anabranch.make-fixture"));
    stored.createSchemas();
    var kafka = region.kafka().bootstrapServers();
    try (var peer = new PeerLog(kafka, PEER_LOG)) {
      var commands = region.submit(null, twoRegions());
      commands.awaitRunning();
      var job = startCrossRegion(null);
      handle("Auto/1", "x");
      handle("Hand/1", "x");
      var story = decide(peer);
      story.published().forEach(peer::publish);
      Await.until("the last state", () -> state("Auto/2").equals("01234"));
      Await.until("the first of three", () -> state("Auto/3").equals("a"));
      Await.until("the open conflict", () -> openConflicts() == 1);
      Await.until("the own commit", () -> state("Auto/1").equals("x"));
      Await.until(
          "the peer's commits in the own log", () -> TopicFixture.dump(kafka, OWN_LOG).size() >= 9);
      var savepoint = job.stopWithSavepoint();
      commands.kill();

      stored.write(fixture, savepoint);
      TopicFixture.write(fixture.resolve("own-log.jsonl"), TopicFixture.dump(kafka, OWN_LOG));
      TopicFixture.write(fixture.resolve("peer-log.jsonl"), TopicFixture.dump(kafka, PEER_LOG));
      TopicFixture.write(
          fixture.resolve("withheld.jsonl"),
          story.withheld().stream().map(CrossRegionFixtureITCase::entry).toList());
    }
  }

  /** What the peer has decided, in this order, and what of it has not arrived. */
  private record Story(List<LogRow> published, List<LogRow> withheld) {}

  private static Story decide(PeerLog peer) {
    var rows = new ArrayList<LogRow>();
    for (var i = 0; i < 5; i++) {
      rows.add(peer.decide("Auto/2", "" + i));
    }
    rows.add(peer.decide("Hand/1", "y"));
    // The second commit takes the place of the first in the log: it waits at the gate.
    var first = peer.decide("Auto/4", "d");
    var second = peer.decide("Auto/4", "e");
    rows.add(second.outcome().at(second.shard(), first.offset()));
    // A row is missing in the log: those after it wait at the intake.
    rows.add(peer.decide("Auto/3", "a"));
    var missing = peer.decide("Auto/3", "b");
    rows.add(peer.decide("Auto/3", "c"));
    return new Story(rows, List.of(missing, first.outcome().at(first.shard(), second.offset())));
  }

  private static TopicFixture.Entry entry(LogRow row) {
    return TopicFixture.Entry.of(
        PeerLog.partitionOf(row), row.offset(), EventWire.encode(row, PeerLog.REGION));
  }

  private void handle(String aggregate, String text) {
    var type = aggregate.startsWith("Hand/") ? NotesDomain.HAND : NotesDomain.AUTO;
    var command = Command.of(type, aggregate.substring(aggregate.indexOf('/') + 1), text);
    try (var client =
        CommandClient.builder()
            .bootstrapServers(region.kafka().bootstrapServers())
            .commandsTopic("commands." + OWN)
            .replyTopic("replies." + OWN)
            .timeout(Duration.ofSeconds(60))
            .build()) {
      assertThat(client.send(command, ReplyLevel.COMMITTED).join().status())
          .isEqualTo(ReplyStatus.ACCEPTED);
    }
  }

  private String state(String aggregate) {
    var last = "none";
    for (var message : region.messages("views." + OWN)) {
      var view = ViewWire.decode(message);
      var state = view.state();
      if (view.aggregate().toString().equals(aggregate)) {
        last = state == null ? "?" : new String(state.data(), StandardCharsets.UTF_8);
      }
    }
    return last;
  }

  private List<String> conflicts() {
    return region.messages("conflicts." + OWN).stream()
        .map(message -> ConflictWire.decode(message).status().text())
        .toList();
  }

  private int openConflicts() {
    return ConflictTable.list(options().store().config(), true, 100).size();
  }

  /** The stored region is one of two; the one that the test reads its topics as is not. */
  private Map<String, String> twoRegions() {
    var settings = new HashMap<>(stored.settings());
    settings.put("regions.names", "fixture,b");
    settings.put("regions.home", "fixture");
    return settings;
  }

  private CrossRegionJobOptions options() {
    var settings = new HashMap<>(region.settings());
    settings.putAll(twoRegions());
    settings.putAll(
        Map.of(
            "peers",
            PeerLog.REGION,
            "peer.b.bootstrap-servers",
            region.kafka().bootstrapServers(),
            "peer.b.events-topic",
            PEER_LOG,
            "peer.b.republish-topic",
            PEER_REQUESTS,
            "peer.b.events-partitions",
            Integer.toString(PeerLog.PARTITIONS)));
    return CrossRegionJobOptions.from(Settings.of(settings));
  }

  private JobUnderTest startCrossRegion(@Nullable String savepoint) {
    region.kafka().createTopic(PEER_REQUESTS, 1, Map.of());
    var env = new StreamExecutionEnvironment(new Configuration());
    CrossRegionJob.prepare(env, options(), DOMAIN);
    var graph = env.getStreamGraph();
    graph.setJobName("cross-region-" + OWN);
    var job = graph.getJobGraph();
    if (savepoint != null) {
      job.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(savepoint, false, RecoveryClaimMode.NO_CLAIM));
    }
    var submitted = region.submit(job);
    submitted.awaitRunning();
    return submitted;
  }
}
