package dev.anabranch.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.client.Command;
import dev.anabranch.codec.ResolveConflictJson;
import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.jobs.region.SharedCommands;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.testkit.sample.SharedDomain;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two regions, each with its command job and its cross-region job, on real Kafka and real
 * databases; the links between them are cut and healed.
 */
class RegionsITCase {

  private static final DomainLoader DOMAIN = loader -> AggregateTypes.of(new SharedDomain());

  @Order(1)
  @RegisterExtension
  final RegionUnderTest a = RegionUnderTest.of(DOMAIN);

  @Order(2)
  @RegisterExtension
  final RegionUnderTest b = RegionUnderTest.of(DOMAIN);

  /** Between both regions' cross-region jobs and the other's Kafka. */
  private TcpProxy link;

  private JobUnderTest crossA;
  private JobUnderTest crossB;

  @BeforeEach
  void start() {
    link = a.kafka().openProxy(1);
    for (var region : List.of(a, b)) {
      region.option("regions.names", a.name() + "," + b.name());
      region.option("regions.home", a.name());
      region.option("hold.patience", "1 s");
    }
    a.start();
    b.start();
    crossA = startCrossRegion(a, b);
    crossB = startCrossRegion(b, a);
  }

  @AfterEach
  void stop() {
    link.heal();
    crossA.kill();
    crossB.kill();
    link.close();
  }

  @Test
  void whatOneRegionAcceptsTheOtherHas() {
    accept(a, "Auto/1", "add x");
    accept(b, "Auto/2", "add y");
    accept(a, "Set/1", "add z");

    awaitSameCommits(3);
    assertThat(read(b, "Auto/1")).isEqualTo(",x");
    assertThat(read(a, "Auto/2")).isEqualTo(",y");
    assertThat(read(b, "Set/1")).isEqualTo("[z]");
    a.verify();
    b.verify();
  }

  @Test
  void bothStayWritableWhileTheyAreCutOffAndConvergeAfterwards() {
    accept(a, "Auto/1", "add base");
    awaitSameCommits(1);

    link.cut();
    accept(a, "Auto/1", "add x");
    accept(b, "Auto/1", "add y");
    accept(a, "Set/1", "add p");
    accept(b, "Set/1", "add q");
    link.heal();

    awaitSameCommits(5);
    assertThat(read(a, "Auto/1")).isEqualTo(read(b, "Auto/1")).contains("x").contains("y");
    assertThat(read(a, "Set/1")).isEqualTo(read(b, "Set/1")).isEqualTo("[p, q]");
    a.verify();
    b.verify();
  }

  @Test
  void aConflictIsShownAndResolvedByHandFromEitherRegion() {
    link.cut();
    accept(a, "Hand/1", "add x");
    accept(b, "Hand/1", "add y");
    link.heal();
    awaitSameCommits(2);

    var refused = a.handle(SharedCommands.command("Hand/1", "add z"));
    assertThat(refused.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(refused.body().code()).isEqualTo(ErrorCodes.OPEN_CONFLICT);
    Await.until(
        "the conflict in both topics",
        () ->
            !a.messages("conflicts." + a.name()).isEmpty()
                && !b.messages("conflicts." + b.name()).isEmpty());

    var resolution =
        new ResolveConflict(dot(b), List.of(dot(a)), List.of(), "the customer called", "kim");
    var key = AggregateKey.parse("Hand/1");
    var resolved =
        b.handle(
            Command.of(
                key, ResolveConflictJson.encode(resolution), ResolveConflictJson.CONTENT_TYPE));
    assertThat(resolved.status()).isEqualTo(ReplyStatus.ACCEPTED);

    awaitSameCommits(3);
    assertThat(read(a, "Hand/1")).isEqualTo(",y");
    accept(a, "Hand/1", "add z");
    awaitSameCommits(4);
    assertThat(read(b, "Hand/1")).isEqualTo(",y,z");
    a.verify();
    b.verify();
  }

  @Test
  void oneCommandAcceptedInBothRegionsCountsOnce() {
    var command = SharedCommands.command("Auto/1", "add x");
    link.cut();
    assertThat(a.handle(command).status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(b.handle(command).status()).isEqualTo(ReplyStatus.ACCEPTED);
    link.heal();

    awaitSameCommits(2);
    assertThat(read(a, "Auto/1")).isEqualTo(",x");
    assertThat(read(b, "Auto/1")).isEqualTo(",x");
    var again = List.of(a.handle(command), b.handle(command));
    assertThat(again).allMatch(CommandReply::repeated);
    assertThat(again).extracting(CommandReply::superseded).containsOnlyOnce(true);
    assertThat(again.get(0).backing().revision()).isEqualTo(again.get(1).backing().revision());
  }

  @Test
  void whatATopicLostWhileTheLinkWasCutIsPublishedAgainOnRequest() throws Exception {
    accept(a, "Auto/1", "add 1");
    awaitSameCommits(1);
    link.cut();
    accept(a, "Auto/1", "add 2");
    accept(a, "Auto/1", "add 3");
    accept(a, "Set/1", "add x");
    var events = "events." + a.name();
    Await.until("all rows in the topic", () -> a.messages(events).size() == 4);
    loseAll(events);
    link.heal();

    accept(a, "Auto/1", "add 4");
    accept(a, "Set/1", "add y");

    awaitSameCommits(6);
    assertThat(read(b, "Auto/1")).isEqualTo(",1,2,3,4");
    assertThat(read(b, "Set/1")).isEqualTo("[x, y]");
    assertThat(crossB.metrics().get("anabranch.republishRequestsOut")).isPositive();
    b.verify();
  }

  @Test
  void rowsThatOnlyThePeersStoreHasAreReadFromThere() throws Exception {
    accept(a, "Auto/1", "add 1");
    awaitSameCommits(1);
    link.cut();
    accept(a, "Auto/1", "add 2");
    accept(a, "Set/1", "add x");
    var events = "events." + a.name();
    Await.until("all rows in the topic", () -> a.messages(events).size() == 3);
    loseAll(events);
    // Nobody publishes them again.
    crossA.kill();
    crossB.kill();
    link.heal();
    crossB = startCrossRegion(b, a, storeOf(a));

    accept(a, "Auto/1", "add 3");
    accept(a, "Set/1", "add y");

    awaitSameCommits(5);
    assertThat(read(b, "Auto/1")).isEqualTo(read(a, "Auto/1")).isEqualTo(",1,2,3");
    assertThat(read(b, "Set/1")).isEqualTo(read(a, "Set/1")).isEqualTo("[x, y]");
    assertThat(crossB.metrics().get("anabranch.region." + a.name() + ".rowsFromPeerStore"))
        .isPositive();
    b.verify();
    crossA = startCrossRegion(a, b);
  }

  /** The region's databases, with a login that may only read. */
  private static Map<String, String> storeOf(RegionUnderTest region) throws Exception {
    var options = new HashMap<String, String>();
    var prefix = "peer." + region.name() + ".";
    var settings = region.settings();
    options.put(prefix + "store.databases", settings.get("store.databases"));
    for (var name : settings.get("store.databases").split("[,;]")) {
      var database = "store.database." + name.strip() + ".";
      var url = settings.get(database + "url");
      var schema = url.substring(url.lastIndexOf('/') + 1).replaceAll("\\?.*", "");
      try (var connection =
              DriverManager.getConnection(
                  url, settings.get(database + "user"), settings.get(database + "password"));
          var statement = connection.createStatement()) {
        statement.execute("CREATE USER IF NOT EXISTS 'peer-reader'@'%' IDENTIFIED BY 'reading'");
        statement.execute("GRANT SELECT ON " + schema + ".* TO 'peer-reader'@'%'");
      }
      options.put(prefix + database + "url", url);
      options.put(prefix + database + "user", "peer-reader");
      options.put(prefix + database + "password", "reading");
    }
    return options;
  }

  /** As if the retention were shorter than the cut. */
  private void loseAll(String topic) throws Exception {
    var servers = a.kafka().bootstrapServers();
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", servers))) {
      var partitions =
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
      var all = new HashMap<TopicPartition, RecordsToDelete>();
      partitions.forEach(
          partition ->
              all.put(
                  new TopicPartition(topic, partition.partition()),
                  RecordsToDelete.beforeOffset(-1)));
      admin.deleteRecords(all).all().get();
    }
  }

  @Test
  void aRegionWhoseJobsAreKilledUnderLoadCatchesUp() {
    try (var load =
        a.load(
            7,
            random ->
                SharedCommands.command(
                    "Auto/" + random.nextInt(20), "add " + random.nextInt(10)))) {
      load.awaitReplies(100);
      b.job().kill();
      crossB.kill();
      load.awaitReplies(100);
      b.start();
      crossB = startCrossRegion(b, a);
      load.awaitReplies(100);
      var sent = load.stop();
      assertThat(sent.count(ReplyStatus.ERROR)).isZero();
      awaitSameCommits(sent.sent().size());
    }
    for (var i = 0; i < 20; i++) {
      assertThat(read(b, "Auto/" + i)).isEqualTo(read(a, "Auto/" + i));
    }
    a.verify();
    b.verify();
  }

  private JobUnderTest startCrossRegion(RegionUnderTest region, RegionUnderTest peer) {
    return startCrossRegion(region, peer, Map.of());
  }

  private JobUnderTest startCrossRegion(
      RegionUnderTest region, RegionUnderTest peer, Map<String, String> more) {
    var options = new HashMap<>(more);
    options.put("peers", peer.name());
    options.put("peer." + peer.name() + ".bootstrap-servers", "127.0.0.1:" + link.port());
    return region.startCrossRegion(options);
  }

  private static void accept(RegionUnderTest region, String aggregate, String text) {
    CommandReply reply = region.handle(SharedCommands.command(aggregate, text));
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  private static String read(RegionUnderTest region, String aggregate) {
    var reply = region.handle(SharedCommands.command(aggregate, "read"));
    return new String(reply.body().result(), UTF_8);
  }

  /** Waits until both regions have as many commits, and the same. */
  private void awaitSameCommits(int count) {
    Await.until(
        count + " commits in both regions",
        () -> {
          var inA = commits(a);
          return inA.size() == count && inA.equals(commits(b));
        });
  }

  private static Set<String> commits(RegionUnderTest region) {
    return region.stored().stream()
        .map(LogRow::outcome)
        .filter(outcome -> outcome.dot() != null)
        .map(outcome -> outcome.aggregate() + " " + outcome.dot())
        .collect(Collectors.toSet());
  }

  private static Dot dot(RegionUnderTest region) {
    return new Dot(new RegionId(region.name()), 1);
  }
}
