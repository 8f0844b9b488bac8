package dev.anabranch.jobs;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.embedded.SecuredKafka;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.ReadSide;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.jobs.region.SharedCommands;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.Projections;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.testkit.sample.SharedDomain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two regions whose Kafka clusters have each a certificate of its own, and passwords and grants:
 * the ones that {@code docs/operating/security.md} tells people to give, and no others.
 */
class SecuredRegionsITCase {

  private static final DomainLoader DOMAIN = loader -> AggregateTypes.of(new SharedDomain());

  /**
   * Of a region, each with a dot and its name behind; all but the first are written by its jobs.
   */
  private static final List<String> TOPICS =
      List.of(
          "commands",
          "events",
          "inbound",
          "replies",
          "dead-letters",
          "views",
          "conflicts",
          "republish");

  private static final QueryTable SEEN =
      QueryTable.named("seen").key(Column.text("id", 128)).columns(Column.bool("conflict")).build();

  private static final Projection PROJECTION =
      projection(new SharedDomain().aggregateTypes().get(0));

  private static WorkDirectory directory;
  private static SecuredKafka kafkaOfA;
  private static SecuredKafka kafkaOfB;

  @Order(1)
  @RegisterExtension
  final RegionUnderTest a = RegionUnderTest.of(DOMAIN);

  @Order(2)
  @RegisterExtension
  final RegionUnderTest b = RegionUnderTest.of(DOMAIN);

  private final ReadSide readsOfA = new ReadSide(a, PROJECTION, new OfViews());

  private JobUnderTest crossB;
  private CommandClient shop;

  private record OfViews() implements ProjectionsLoader {
    @Override
    public Projections load(ClassLoader userCode) {
      return Projections.of(() -> List.of(PROJECTION));
    }
  }

  private static <S> Projection projection(AggregateType<S, ?, ?> type) {
    return Projection.named("seen")
        .tables(SEEN)
        .fromViews(
            type, view -> List.of(SEEN.row(view.aggregateId()).set("conflict", view.conflict())))
        .build();
  }

  @BeforeAll
  static void startKafka() {
    directory = WorkDirectory.create("secured");
    kafkaOfA = SecuredKafka.start(directory.resolve("a"));
    kafkaOfB = SecuredKafka.start(directory.resolve("b"));
  }

  @AfterAll
  static void stopKafka() {
    kafkaOfA.close();
    kafkaOfB.close();
    directory.close();
  }

  @BeforeEach
  void prepare() {
    configure(a, kafkaOfA);
    configure(b, kafkaOfB);
    a.option("events.delivery", "exactly-once");
    createTopics(a, b, kafkaOfA);
    createTopics(b, a, kafkaOfB);
    grantToJobs(kafkaOfA, a.name());
    grantToJobs(kafkaOfB, b.name());
    kafkaOfA.grantPrefixed(
        "jobs-" + a.name(), TRANSACTIONAL_ID, "anabranch-events-" + a.name(), WRITE, DESCRIBE);
    kafkaOfA.grant("jobs-" + a.name(), TOPIC, "views." + a.name(), READ);
    kafkaOfA.grant("jobs-" + a.name(), GROUP, "anabranch-projections-" + a.name(), READ);
    // Without it, as in b, the settings of topics are not checked, and that is all.
    grant(kafkaOfA, "jobs-" + a.name(), a.name(), TOPICS, DESCRIBE_CONFIGS);
    grantToPeer(kafkaOfA, a.name(), b.name());
    grantToPeer(kafkaOfB, b.name(), a.name());
    grantToClients(kafkaOfA, a.name());
  }

  private void startJobs() {
    a.start();
    b.start();
    startCrossRegion(a, b, kafkaOfB);
    crossB = startCrossRegion(b, a, kafkaOfA);
    shop = client(a, "shop");
  }

  @Test
  void jobsAndClientsNeedNoMoreThanWhatIsGrantedToThem() {
    startJobs();
    assertThat(send("Auto/1", "add x").status()).isEqualTo(ReplyStatus.ACCEPTED);
    Await.until("the commit in b", () -> b.stored().size() == 1);
    assertThat(b.handle(SharedCommands.command("Auto/1", "add y")).status())
        .isEqualTo(ReplyStatus.ACCEPTED);
    Await.until("the commit in a", () -> a.stored().size() == 2);
    a.verify();
    b.verify();
    readsOfA.start();
    Await.until("its row", () -> readsOfA.rows(SEEN, "seen").size() == 1);
    shop.close();
  }

  @Test
  void aPeerThatTakesItsGrantBackHoldsUpItsOwnCommitsOnly() {
    startJobs();
    kafkaOfA.revoke("region-" + b.name(), TOPIC, "events." + a.name());
    assertThat(send("Auto/1", "add x").status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(b.handle(SharedCommands.command("Auto/2", "add y")).status())
        .isEqualTo(ReplyStatus.ACCEPTED);
    Await.until("b's commit in b's views", () -> !b.messages("views." + b.name()).isEmpty());
    Await.until("b's commit in a", () -> a.stored().size() == 2);

    kafkaOfA.grant("region-" + b.name(), TOPIC, "events." + a.name(), READ);

    Await.until("a's commit in b", () -> b.stored().size() == 2);
    assertThat(crossB.restarts()).isZero();

    kafkaOfA.revoke("jobs-" + a.name(), TOPIC, "commands." + a.name());
    Await.until("the command job fails", () -> a.job().restarts() > 0);
    kafkaOfA.grant("jobs-" + a.name(), TOPIC, "commands." + a.name(), READ);
    assertThat(send("Auto/1", "add z").status()).isEqualTo(ReplyStatus.ACCEPTED);
    shop.close();
  }

  @Test
  void whyAClusterRefusesAJobIsSaidWhenItIsSubmitted() {
    var user = "jobs-" + a.name();
    assertThatThrownBy(() -> a.submit(null, login(kafkaOfA, user, "wrong")))
        .hasMessageContaining("Kafka at " + kafkaOfA.bootstrapServers() + " refuses this login")
        .hasMessageContaining("check its TLS and SASL settings");
    assertThatThrownBy(() -> a.submit(null, login(kafkaOfB, user, password("jobs"))))
        .hasMessageContaining("refuses this login: SSL handshake failed");
    kafkaOfA.revoke(user, TOPIC, "replies." + a.name());
    assertThatThrownBy(() -> a.submit(null, Map.of()))
        .hasMessageContaining("can't describe topic replies." + a.name())
        .hasMessageContaining("grant it to this user");
  }

  // -- What an operator does.

  private void configure(RegionUnderTest region, SecuredKafka kafka) {
    region.in(kafka.broker());
    region.option("regions.names", a.name() + "," + b.name());
    region.option("regions.home", a.name());
    region.option("topics.create", "false");
    region.option("kafka.bootstrap-servers", kafka.bootstrapServers());
    login(kafka, "jobs-" + region.name(), password("jobs")).forEach(region::option);
  }

  /** By the administrator. */
  private static void createTopics(
      RegionUnderTest region, RegionUnderTest peer, SecuredKafka kafka) {
    var settings = new HashMap<>(region.settings());
    settings.keySet().removeIf(key -> key.startsWith("kafka.properties."));
    settings.put("kafka.bootstrap-servers", kafka.broker().bootstrapServers());
    settings.put("topics.create", "true");
    CommandJob.prepare(
        new StreamExecutionEnvironment(region.clusterConfiguration()),
        CommandJobOptions.from(Settings.of(settings)),
        DOMAIN);
    settings.put("peers", peer.name());
    settings.put("peer." + peer.name() + ".bootstrap-servers", "127.0.0.1:1");
    settings.put("peer." + peer.name() + ".events-partitions", "4");
    CrossRegionJob.prepare(
        new StreamExecutionEnvironment(region.clusterConfiguration()),
        CrossRegionJobOptions.from(Settings.of(settings)),
        DOMAIN);
  }

  private static void grantToJobs(SecuredKafka kafka, String region) {
    var user = "jobs-" + region;
    kafka.setPassword(user, password("jobs"));
    grant(kafka, user, region, List.of("commands", "events", "inbound"), READ);
    grant(kafka, user, region, TOPICS.subList(1, TOPICS.size()), WRITE);
    kafka.grant(user, GROUP, "anabranch-commands-" + region, READ);
    kafka.grant(user, GROUP, "anabranch-commands-" + region + "-inbound", READ);
  }

  private static void grantToPeer(SecuredKafka kafka, String region, String peer) {
    var user = "region-" + peer;
    kafka.setPassword(user, password("peer"));
    grant(kafka, user, region, List.of("events", "republish"), READ);
  }

  private static void grantToClients(SecuredKafka kafka, String region) {
    kafka.setPassword("shop", password("shop"));
    grant(kafka, "shop", region, List.of("commands"), WRITE);
    grant(kafka, "shop", region, List.of("replies"), READ);
  }

  private static void grant(
      SecuredKafka kafka,
      String user,
      String region,
      List<String> topics,
      AclOperation... operations) {
    topics.forEach(topic -> kafka.grant(user, TOPIC, topic + "." + region, operations));
  }

  private static JobUnderTest startCrossRegion(
      RegionUnderTest region, RegionUnderTest peer, SecuredKafka kafkaOfPeer) {
    var prefix = "peer." + peer.name() + ".";
    var options = new HashMap<String, String>();
    options.put("peers", peer.name());
    options.put(prefix + "bootstrap-servers", kafkaOfPeer.bootstrapServers());
    kafkaOfPeer
        .login("region-" + region.name(), password("peer"))
        .forEach((key, value) -> options.put(prefix + "properties." + key, value));
    return region.startCrossRegion(options);
  }

  private static CommandClient client(RegionUnderTest region, String user) {
    return CommandClient.builder()
        .bootstrapServers(kafkaOfA.bootstrapServers())
        .properties(kafkaOfA.login(user, password(user)))
        .commandsTopic("commands." + region.name())
        .replyTopic("replies." + region.name())
        .timeout(Await.TIMEOUT)
        .build();
  }

  private CommandReply send(String aggregate, String text) {
    return shop.send(SharedCommands.command(aggregate, text), ReplyLevel.COMMITTED).join();
  }

  /** Options of a job that comes with this login. */
  private static Map<String, String> login(SecuredKafka kafka, String user, String password) {
    var options = new HashMap<String, String>();
    kafka
        .login(user, password)
        .forEach((key, value) -> options.put("kafka.properties." + key, value));
    return options;
  }

  private static String password(String of) {
    return of + "-s3cret";
  }
}
