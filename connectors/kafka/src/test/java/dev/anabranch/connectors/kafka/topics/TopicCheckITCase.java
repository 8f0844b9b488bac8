package dev.anabranch.connectors.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.kafka.TestBroker;
import dev.anabranch.embedded.SecuredKafka;
import dev.anabranch.embedded.WorkDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicCheckITCase {

  private static final NewTopics NEW = NewTopics.withCommandPartitions(8);

  private static TestBroker broker;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void everythingThatIsMissingIsReportedAtOnceWithItsRemedy() {
    var report = TopicCheck.run(broker.connection(), plan("no", 4, null));

    assertThat(report.problems())
        .hasSize(4)
        .allSatisfy(problem -> assertThat(problem).contains("it does not exist"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("topic no.events: ")
                    .contains("--create --topic no.events --partitions 4")
                    .contains("--config cleanup.policy=delete"));
    assertThat(report.created()).isEmpty();
    assertThatThrownBy(report::orThrow)
        .hasMessageContaining("\n- topic no.commands: ")
        .hasMessageContaining("\n- topic no.dead: ");
  }

  @Test
  void missingTopicsAreCreatedAsTheJobNeedsThem() {
    var report = TopicCheck.run(broker.connection(), plan("new", 4, NEW)).orThrow();

    assertThat(report.created())
        .containsExactly("new.commands", "new.events", "new.replies", "new.dead");
    assertThat(report.warnings()).isEmpty();
    assertThat(report.facts())
        .anySatisfy(
            fact ->
                assertThat(fact)
                    .startsWith("topic new.events: 4 partitions, replication factor 1")
                    .endsWith("retention.ms -1"));
    assertThat(report.deadLetterMaxBytes()).isEqualTo((1 << 20) + 12 + (64 << 10));

    var again = TopicCheck.run(broker.connection(), plan("new", 4, null)).orThrow();
    assertThat(again.created()).isEmpty();
    assertThat(again.warnings()).isEmpty();
  }

  @Test
  void whatIsWrongIsReportedAtOnceWithFoundAndNeeded() {
    broker.createTopic("bad.commands", 2);
    broker
        .kafka()
        .createTopic(
            "bad.events", 3, Map.of("cleanup.policy", "compact", "max.message.bytes", "1000"));
    broker.kafka().createTopic("bad.replies", 1, Map.of("max.message.bytes", "2000"));
    broker.createTopic("bad.dead", 1);

    var report = TopicCheck.run(broker.connection(), plan("bad", 4, null));

    assertThat(report.problems())
        .hasSize(4)
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("topic bad.events: it has 3 partitions, needed are 4")
                    .contains("--alter --topic bad.events --partitions 4"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("bad.events: cleanup.policy is compact, needed is delete"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("bad.events: max.message.bytes is 1000, needed are 500000")
                    .contains("--entity-name bad.events --add-config max.message.bytes=500000"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("bad.replies: max.message.bytes is 2000, needed are 400000"));
    assertThat(report.warnings())
        .singleElement()
        .asString()
        .contains("bad.dead: max.message.bytes is 1048588, needed are 1114124")
        .contains("larger dead letters will be cut");
    assertThat(report.deadLetterMaxBytes()).isEqualTo(1048588);
  }

  @Test
  void tooManyPartitionsOfEventsCanNotBeTakenAway() {
    TopicCheck.run(broker.connection(), plan("many", 6, NEW)).orThrow();

    assertThat(TopicCheck.run(broker.connection(), plan("many", 4, null)).problems())
        .singleElement()
        .asString()
        .contains("it has 6 partitions, needed are 4")
        .contains("anabranch events republish");
  }

  @Test
  void aTransactionTimeoutAboveTheBrokersIsReported() {
    var tooLong = Duration.ofHours(1);

    var report =
        TopicCheck.run(
            broker.connection(),
            new TopicCheck.Plan(
                List.of("tx.commands"),
                null,
                "tx.events",
                4,
                500_000,
                "tx.replies",
                400_000,
                "tx.dead",
                tooLong,
                NEW));

    assertThat(report.problems())
        .singleElement()
        .asString()
        .contains("transaction.max.timeout.ms is 900000, needed are 3600000");
  }

  @Test
  void aBrokerThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () ->
                TopicAdmin.open(KafkaConnection.to("127.0.0.1:1"), Duration.ofSeconds(1))
                    .describe("x"))
        .hasMessageContaining("127.0.0.1:1 did not answer within 1 seconds");
  }

  @Test
  void compactionIsRefusedWhereEachRecordCounts() {
    for (var topic : List.of("commands", "inbound", "events", "replies", "dead")) {
      broker
          .kafka()
          .createTopic(
              "compact." + topic,
              4,
              Map.of("cleanup.policy", topic.equals("replies") ? "compact,delete" : "compact"));
    }

    var report = TopicCheck.run(broker.connection(), plan("compact", "compact.inbound", 4, null));

    assertThat(report.problems())
        .hasSize(5)
        .allSatisfy(problem -> assertThat(problem).contains("needed is delete: "))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("topic compact.commands: cleanup.policy is compact")
                    .contains("compaction removes commands that are not read yet")
                    .contains("--entity-name compact.commands"))
        .anySatisfy(problem -> assertThat(problem).contains("topic compact.inbound: "))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("topic compact.replies: cleanup.policy is compact,delete"))
        .anySatisfy(problem -> assertThat(problem).contains("topic compact.dead: "));
  }

  @Test
  void compactionOfWhatTheCrossRegionJobWritesIsRefusedButForViews() {
    for (var topic : List.of("events", "inbound", "conflicts", "republish", "dead")) {
      broker.kafka().createTopic("across." + topic, 4, Map.of("cleanup.policy", "compact"));
    }
    broker.createTopic("across.views", 4);

    var report = ReplicationTopicCheck.run(broker.connection(), replication("across", null));

    assertThat(report.problems())
        .hasSize(6)
        .contains("topic across.views: cleanup.policy is delete, needed is compact")
        .contains("topic across.conflicts: cleanup.policy is compact, needed is delete")
        .contains("topic across.dead: cleanup.policy is compact, needed is delete");
  }

  @Test
  void aFiniteRetentionIsToldWhereUnreadRecordsWouldGoAndRefusedOfViews() {
    for (var topic : List.of("events", "conflicts", "republish", "dead")) {
      broker.createTopic("expiring." + topic, 4);
    }
    broker.kafka().createTopic("expiring.inbound", 4, Map.of("retention.ms", "3600000"));
    broker.kafka().createTopic("expiring.views", 4, Map.of("cleanup.policy", "compact,delete"));

    var report = ReplicationTopicCheck.run(broker.connection(), replication("expiring", null));

    assertThat(report.problems())
        .contains("topic expiring.views: cleanup.policy is compact,delete, needed is compact");
    assertThat(report.warnings())
        .anySatisfy(
            warning -> assertThat(warning).contains("expiring.inbound").contains("3600000"));
  }

  @Test
  void whatComesFromOtherRegionsMustFitIntoTheEvents() {
    broker.kafka().createTopic("wide.inbound", 4, Map.of("max.message.bytes", "3000000"));
    broker.createTopic("wide.events", 4);

    var report = TopicCheck.run(broker.connection(), plan("wide", "wide.inbound", 4, NEW));

    assertThat(report.problems())
        .singleElement()
        .asString()
        .contains("wide.events: max.message.bytes is 1048588, needed are 3000000");
  }

  @Test
  void aTopicOfEventsThatIsMadeTakesWhatComesFromOtherRegions() {
    broker.kafka().createTopic("fit.inbound", 4, Map.of("max.message.bytes", "3000000"));

    var report = TopicCheck.run(broker.connection(), plan("fit", "fit.inbound", 4, NEW)).orThrow();

    assertThat(report.eventsMaxBytes()).isEqualTo(3_000_000);
    assertThat(report.inboundMaxBytes()).isEqualTo(3_000_000);
  }

  /** Whatever rows are checked against now: what is stored was checked against the topic. */
  @Test
  void aProducerMaySendWhatTheTopicTakes() {
    var report = TopicCheck.run(broker.connection(), plan("take", 4, NEW)).orThrow();

    assertThat(report.eventsMaxBytes()).isEqualTo(1_048_588);
  }

  @Test
  void everyTopicsIdIsReported() throws Exception {
    var report = TopicCheck.run(broker.connection(), plan("ids", 4, NEW)).orThrow();

    assertThat(report.ids())
        .containsOnlyKeys("ids.commands", "ids.events", "ids.replies", "ids.dead");
    try (var admin = TopicAdmin.open(broker.connection(), Duration.ofSeconds(30))) {
      assertThat(report.ids())
          .containsEntry(
              "ids.events", admin.describe("ids.events").orElseThrow().topicId().toString());
    }
  }

  /** The broker would refuse each larger one, at every restart. */
  @Test
  void withoutTheRightToReadSettingsDeadLettersAreCutToTheDefault() throws Exception {
    try (var directory = WorkDirectory.create("settings");
        var secured = SecuredKafka.start(directory.path())) {
      for (var topic :
          List.of(
              "commands",
              "events",
              "replies",
              "dead",
              "inbound",
              "views",
              "conflicts",
              "republish")) {
        secured
            .broker()
            .createTopic(
                "mute." + topic,
                4,
                topic.equals("views") ? Map.of("cleanup.policy", "compact") : Map.of());
        secured.grant("job", ResourceType.TOPIC, "mute." + topic, AclOperation.DESCRIBE);
      }
      secured.setPassword("job", "secret-of-job");
      var connection =
          new KafkaConnection(secured.bootstrapServers(), secured.login("job", "secret-of-job"));

      var report = TopicCheck.run(connection, plan("mute", 4, null)).orThrow();
      var across = ReplicationTopicCheck.run(connection, replication("mute", null)).orThrow();

      assertThat(report.deadLetterMaxBytes()).isLessThanOrEqualTo(1_048_588);
      assertThat(across.deadLetterMaxBytes()).isLessThanOrEqualTo(1_048_588);
      assertThat(report.warnings())
          .anySatisfy(warning -> assertThat(warning).contains("grant it DescribeConfigs"));
      assertThat(across.warnings())
          .anySatisfy(warning -> assertThat(warning).contains("grant it DescribeConfigs"));
    }
  }

  private static ReplicationTopicCheck.Plan replication(String prefix, NewTopics create) {
    return new ReplicationTopicCheck.Plan(
        prefix + ".events",
        4,
        prefix + ".inbound",
        1_000_000,
        prefix + ".views",
        prefix + ".conflicts",
        900_000,
        prefix + ".republish",
        prefix + ".dead",
        create);
  }

  private static TopicCheck.Plan plan(String prefix, int eventsPartitions, NewTopics create) {
    return plan(prefix, null, eventsPartitions, create);
  }

  private static TopicCheck.Plan plan(
      String prefix, String inbound, int eventsPartitions, NewTopics create) {
    return new TopicCheck.Plan(
        List.of(prefix + ".commands"),
        inbound,
        prefix + ".events",
        eventsPartitions,
        500_000,
        prefix + ".replies",
        400_000,
        prefix + ".dead",
        null,
        create);
  }
}
